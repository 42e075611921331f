/* What the server has not confirmed yet, kept in IndexedDB for the signed-in user: a row is put there as soon as a cell
   is written, and taken out when the server has it. A second tab sends in turn, by a lease that runs out. */
(function () {
  'use strict';
  const LEASE = 10000;
  const KEPT = ['client', 'id', 'version', 'base', 'known', 'cells', 'held', 'op', 'sent', 'leaving', 'withdraw', 'reason', 'trouble', 'theirs', 'findings', 'sentence'];
  const grid = window.portal.grid;

  grid.outbox = function (sheet) {
    const tab = grid.name();
    const opened = new Promise(function (resolve, reject) {
      const asked = window.indexedDB.open('portal-grid-' + sheet.user, 1);
      asked.onupgradeneeded = function () {
        asked.result.createObjectStore('rows', { keyPath: ['grid', 'client'] });
        asked.result.createObjectStore('lease', { keyPath: 'name' });
      };
      asked.onsuccess = function () { resolve(asked.result); };
      asked.onerror = function () { reject(asked.error); };
    });

    /* One transaction; the promise is kept once it is on the disk. */
    function work(store, mode, act) {
      return opened.then(function (database) {
        return new Promise(function (resolve, reject) {
          const transaction = database.transaction(store, mode);
          const found = act(transaction.objectStore(store));
          transaction.oncomplete = function () { resolve(found && found.result); };
          transaction.onabort = transaction.onerror = function () { reject(transaction.error); };
        });
      });
    }

    function record(row) {
      const made = { grid: sheet.name, at: Date.now() };
      KEPT.forEach(function (field) { made[field] = row[field]; });
      return made;
    }

    function belongs(row) { return !row.left && !grid.isBlank(row) && (row.dirty || row.sent || row.trouble || row.held && row.id !== null); }

    function keep(rows) {
      return work('rows', 'readwrite', function (store) {
        rows.forEach(function (row) {
          if (belongs(row)) store.put(record(row));
          else store.delete([sheet.name, row.client]);
        });
      }).catch(function () { sheet.tell(sheet.words['not-kept']); });
    }

    function forget(rows) {
      return work('rows', 'readwrite', function (store) { rows.forEach(function (row) { store.delete([sheet.name, row.client]); }); }).catch(function () { /* What is left there is known to the server: it is asked again, and answers as before. */ });
    }

    function restore() {
      return work('rows', 'readonly', function (store) { return store.getAll(IDBKeyRange.bound([sheet.name], [sheet.name, []])); })
        .then(function (records) { return records.sort(function (one, other) { return one.at - other.at; }); })
        .catch(function () { sheet.tell(sheet.words['not-kept']); return []; });
    }

    /* The other grids of which rows wait in this browser: [{name, rows}]. */
    function others() {
      return work('rows', 'readonly', function (store) { return store.getAllKeys(); }).then(function (keys) {
        const counted = new Map();
        keys.forEach(function (key) { if (key[0] !== sheet.name) counted.set(key[0], (counted.get(key[0]) || 0) + 1); });
        return Array.from(counted, function (pair) { return { name: pair[0], rows: pair[1] }; });
      }).catch(function () { return []; });
    }

    /* Whether this tab may send now. */
    function mayI() {
      let mine = false;
      return work('lease', 'readwrite', function (store) {
        const asked = store.get('sender');
        asked.onsuccess = function () {
          const now = Date.now();
          const lease = asked.result;
          mine = !lease || lease.tab === tab || lease.until < now;
          if (mine) store.put({ name: 'sender', tab: tab, until: now + LEASE });
        };
      }).then(function () { return mine; }, function () { return true; });
    }

    function release() {
      return work('lease', 'readwrite', function (store) {
        const asked = store.get('sender');
        asked.onsuccess = function () { if (asked.result && asked.result.tab === tab) store.delete('sender'); };
      }).catch(function () { /* The lease runs out by itself. */ });
    }

    sheet.on('written', keep);
    sheet.on('stepped', keep);
    sheet.on('told', keep);
    sheet.on('removed', forget);

    return { keep: keep, forget: forget, restore: restore, others: others, mayI: mayI, release: release };
  };
}());
