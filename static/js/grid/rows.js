/* The grid's rows: what the ledger has, what the server knows of, and what stands in the cells.

   A row: `id`, `version` (0: not in the ledger), `client` (its name at the server before it has an id), `base` (cells
   of the ledger), `known` (cells the server has, in the ledger or as a draft), `cells` (cells on the screen), `held`,
   `findings`, `trouble` ('' or conflict, gone, closed, refused), `theirs`, `op` and `sent` (while an answer is due). */
(function () {
  'use strict';
  const TAIL = 50;
  const grid = window.portal.grid = {};

  /* 32 hexadecimal digits; randomUUID needs https. */
  grid.name = function () {
    return Array.from(window.crypto.getRandomValues(new Uint8Array(16)), function (byte) { return (byte + 256).toString(16).slice(1); }).join('');
  };

  grid.events = function () {
    const heard = {};
    return {
      on: function (name, act) { (heard[name] = heard[name] || []).push(act); },
      emit: function (name, what) { (heard[name] || []).forEach(function (act) { act(what); }); },
    };
  };

  grid.make = function (known) {
    const row = Object.assign({ client: grid.name(), id: null, version: 0, base: {}, known: {}, cells: {}, held: false, findings: [], repaired: [], trouble: '', theirs: null, op: '', sent: null, flying: false, withdraw: false, dirty: false, left: false }, known);
    return row;
  };

  function differing(one, other) {
    return Object.keys(Object.assign({}, one, other)).filter(function (column) { return (one[column] || '') !== (other[column] || ''); });
  }
  grid.differing = differing;

  grid.isBlank = function (row) {
    return row.id === null && !row.held && !row.sent && Object.keys(row.cells).every(function (column) { return !row.cells[column]; });
  };

  /* What stands in a cell; some columns are reckoned from others. */
  grid.cell = function (row, column) { return column.text ? column.text(row) : row.cells[column.name] || ''; };

  /* One word for what has become of a row: what the mark, the numbers and the filter go by. */
  grid.stateOf = function (row) {
    if (grid.isBlank(row)) return 'blank';
    if (row.trouble) return row.trouble;
    if (row.flying) return 'sending';
    if (row.dirty || row.sent) return 'unsent';
    return row.held ? 'held' : 'saved';
  };

  grid.rows = function (sheet) {
    let all = [];
    let shown = all;
    let keeps = null;
    let order = null;

    function settle(row) {
      row.dirty = row.withdraw || differing(row.cells, row.known).length > 0;
    }

    /* The rows as they are to be seen; edits do not move a row until the next arrangement. */
    function arrange() {
      shown = keeps ? all.filter(keeps) : all;
      if (order) {
        shown = shown.filter(function (row) { return !grid.isBlank(row); });
        const column = sheet.columns.find(function (candidate) { return candidate.name === order.column; });
        const place = new Map(shown.map(function (row, at) { return [row, at]; }));
        const compare = new Intl.Collator('zh-Hans-CN', { numeric: true }).compare;
        const way = order.down ? -1 : 1;
        shown.sort(function (one, other) {
          const a = grid.cell(one, column);
          const b = grid.cell(other, column);
          if (!a || !b) return (a ? 0 : 1) - (b ? 0 : 1) || place.get(one) - place.get(other);
          return way * compare(a, b) || place.get(one) - place.get(other);
        });
      }
      sheet.emit('arranged');
    }

    function add(rows) {
      all.push.apply(all, rows);
      if (shown !== all) shown.push.apply(shown, rows);
    }

    /* The row shown at a place; places past the end become rows when something is written there, but for a matrix. */
    function reach(place) {
      while (!sheet.isMatrix && shown.length <= place) add([grid.make()]);
      return shown[place];
    }

    function drop(rows) {
      const gone = new Set(rows);
      rows.forEach(function (row) { row.left = true; });
      all = all.filter(function (row) { return !gone.has(row); });
      arrange();
    }

    /* Write cells: [{row, column, value}]; returns what to write to go back. */
    function write(edits) {
      const touched = new Set();
      const back = edits.map(function (edit) {
        const before = edit.row.cells[edit.column] || '';
        edit.row.cells[edit.column] = edit.value;
        if (before !== edit.value) touched.add(edit.row);
        return { row: edit.row, column: edit.column, value: before };
      });
      touched.forEach(function (row) {
        if (row.trouble === 'refused' || row.trouble === 'closed') row.trouble = '';
        settle(row);
      });
      if (touched.size) sheet.emit('written', Array.from(touched));
      return back;
    }

    function count() {
      const counts = { shown: 0, saved: 0, held: 0, unsent: 0, trouble: 0 };
      all.forEach(function (row) {
        const state = grid.stateOf(row);
        if (state === 'blank') return;
        counts.shown += 1;
        if (state === 'saved' || state === 'held') counts[state] += 1; else counts.unsent += 1;
        if (row.trouble) counts.trouble += 1;
      });
      return counts;
    }

    function put(rows) { all = rows; arrange(); }

    return {
      put: put, add: add, drop: drop, reach: reach, write: write, settle: settle, count: count, arrange: arrange,
      all: function () { return all; },
      shown: function (place) { return shown[place]; },
      place: function (row) { return shown.indexOf(row); },
      filled: function () { return shown.length; },
      size: function () { return keeps || sheet.isMatrix ? shown.length : shown.length + TAIL; },
      keepOnly: function (test) { keeps = test; arrange(); },
      sortBy: function (next) { order = next; arrange(); },
      order: function () { return order; },
      isFiltered: function () { return keeps !== null; },
      withId: function (id) { return all.find(function (row) { return row.id === id; }); },
    };
  };
}());
