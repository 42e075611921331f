/* Rows go to the server by themselves: when the cursor leaves them, after a pause, after a paste. Each sending has an
   operation id that is kept until a definite answer, so that what was cut off can be sent again and never doubles. */
(function () {
  'use strict';
  const PAUSE = 2000;
  const LONGEST = 60000;
  const MOST = 1000;
  const grid = window.portal.grid;

  /* The cells of a ledger row that are to be written otherwise than they are there. */
  grid.changed = function (row, cells) {
    const found = {};
    grid.differing(cells, row.base).forEach(function (column) { found[column] = cells[column] || ''; });
    return found;
  };

  grid.sending = function (sheet) {
    let busy = false;
    let again = 0;
    let delay = 0;
    let pause = 0;
    let most = MOST;
    let trouble = '';
    let parting = []; /* rows that an answer takes out of the grid */
    let stale = []; /* names in the outbox that no row bears any more */

    function due(all) {
      const active = sheet.cursor.row();
      return sheet.rows.all().filter(function (row) {
        if (row.trouble || grid.isBlank(row)) return false;
        return row.sent || row.dirty && (all || row !== active);
      }).slice(0, most);
    }

    function pick(row) {
      if (row.sent) return;
      row.op = grid.name();
      row.sent = Object.assign({}, row.cells);
      row.leaving = row.withdraw;
    }

    function onWire(row, lines) {
      const wire = { client: row.client, op: row.op, line: lines.get(row) || sheet.rows.size() + 1, id: row.id, version: row.version, cells: row.leaving ? {} : row.id === null ? row.sent : grid.changed(row, row.sent), withdraw: Boolean(row.leaving) };
      if (row.leaving && row.reason) wire.reason = row.reason;
      return wire;
    }

    /* `line` is where a row stands here: findings speak of it. */
    function wired(rows) {
      const lines = new Map();
      for (let place = 0; place < sheet.rows.filled(); place += 1) lines.set(sheet.rows.shown(place), place + 1);
      return rows.map(function (row) { return onWire(row, lines); });
    }

    function say(kind) {
      trouble = kind;
      sheet.emit('sending', kind);
    }

    function go(all) {
      window.clearTimeout(pause);
      if (busy || again) return;
      const rows = due(all);
      if (!rows.length) return;
      busy = true;
      rows.forEach(pick);
      sheet.outbox.keep(rows).then(sheet.outbox.mayI).then(function (mine) {
        if (!mine) { const wait = new Error('another tab sends'); wait.kind = 'waiting'; throw wait; }
        rows.forEach(function (row) { row.flying = true; });
        sheet.view.soon();
        say('sending');
        return sheet.api.post('save/', Object.assign({ rows: wired(rows) }, sheet.whose));
      }).then(function (answer) { answered(rows, answer); }, function (error) { failed(rows, error); });
    }

    function land(rows) {
      busy = false;
      rows.forEach(function (row) { row.flying = false; });
    }

    /* The server's word on one row. */
    function settle(row, answer) {
      const sent = row.sent;
      const left = row.leaving;
      row.op = '';
      row.sent = null;
      row.leaving = false;
      row.findings = answer.findings || [];
      row.trouble = answer.outcome === 'saved' || answer.outcome === 'held' ? '' : answer.outcome;
      row.sentence = answer.message || '';
      row.theirs = answer.theirs || (answer.outcome === 'gone' ? { version: 0, by: '', at: null, cells: {} } : null);
      if (answer.outcome === 'saved' && left) { withdrawn(row); return; }
      if (row.trouble && answer.id) taken(row, answer.id);
      if (answer.outcome === 'saved') saved(row, sent, answer);
      if (answer.outcome === 'held' && left) row.withdraw = false;
      else if (answer.outcome === 'held') held(row, sent, answer);
      sheet.rows.settle(row);
    }

    /* The row has become this one of the ledger, which may have been loaded as such. */
    function taken(row, id) {
      const double = row.id === null && sheet.rows.withId(id);
      row.id = id;
      if (double && double !== row) parting.push(double);
    }

    /* A row that was deleted leaves the grid; one that undo emptied stays as a free line, or is written anew by redo. */
    function withdrawn(row) {
      const empty = Object.keys(row.cells).every(function (column) { return !row.cells[column]; });
      if (row.withdraw && !empty) { parting.push(row); return; }
      stale.push({ client: row.client });
      Object.assign(row, { client: grid.name(), id: null, version: 0, base: {}, known: {}, held: false, withdraw: false, repaired: [] });
      sheet.rows.settle(row);
    }

    function saved(row, sent, answer) {
      const written = answer.cells || {};
      taken(row, answer.id);
      row.version = answer.version;
      row.held = false;
      row.base = Object.assign({}, sent, written);
      row.known = row.base;
      row.repaired = Object.keys(written).filter(function (name) { return sheet.columns.some(function (column) { return column.name === name && !column.fixed; }); });
      Object.keys(written).forEach(function (column) { if ((row.cells[column] || '') === (sent[column] || '')) row.cells[column] = written[column] || ''; });
    }

    function held(row, sent, answer) {
      row.held = true;
      row.known = sent;
      if (row.id === null && answer.version !== undefined) row.version = answer.version;
      if (sheet.isMatrix) sheet.matrix.held(row, sent, answer);
    }

    function answered(rows, answer) {
      land(rows);
      delay = 0;
      most = MOST;
      const named = new Map(answer.rows.map(function (one) { return [one.client, one]; }));
      parting = [];
      stale = [];
      rows.forEach(function (row) { if (named.has(row.client)) settle(row, named.get(row.client)); });
      if (parting.length || stale.length) sheet.outbox.forget(parting.concat(stale));
      if (parting.length) { sheet.history.forget(parting); sheet.rows.drop(parting); }
      sheet.emit('told', rows.filter(function (row) { return !row.left; }));
      say('');
      if (due(false).length) go(false);
      else { sheet.outbox.release(); later(); }
    }

    /* A body that is refused as a whole is sent in halves, until the row that spoils it stands alone. */
    function refused(rows, error) {
      if (rows.length > 1) { most = Math.ceil(rows.length / 2); return; }
      rows[0].trouble = 'refused';
      rows[0].sentence = error.message;
      rows[0].op = '';
      rows[0].sent = null;
      most = MOST;
      sheet.rows.settle(rows[0]);
    }

    function failed(rows, error) {
      land(rows);
      if (error.kind === 'refused') { refused(rows, error); sheet.emit('told', rows); say(''); go(false); return; }
      sheet.emit('told', []);
      say(error.kind || 'offline');
      delay = error.kind === 'waiting' ? 2000 : Math.min(LONGEST, Math.max(2000, delay * 2));
      if (error.kind === 'signed-out') delay = Math.min(delay, 4000);
      again = window.setTimeout(resume, delay);
    }

    function resume() {
      window.clearTimeout(again);
      again = 0;
      go(true);
    }

    /* Rows left for a pause: also the one under the cursor goes, once nobody types. */
    function later() {
      window.clearTimeout(pause);
      pause = window.setTimeout(function () { if (sheet.entry.isEditing()) later(); else go(true); }, PAUSE);
    }

    sheet.on('written', later);
    sheet.on('pasted', function () { go(true); });
    sheet.on('stepped', function () { go(true); });
    sheet.on('moved', function (move) { if (move.from.row !== move.to.row) go(false); });
    window.addEventListener('online', function () { if (again) resume(); });
    window.addEventListener('focus', function () { if (again && trouble === 'signed-out') resume(); });

    return { go: go, later: later, trouble: function () { return trouble; } };
  };
}());
