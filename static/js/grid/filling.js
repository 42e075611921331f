/* What one key does to a whole range: fill, clear, remove. */
(function () {
  'use strict';
  const grid = window.portal.grid;

  grid.filling = function (sheet) {
    /* Every cell of the range that may be written; `value` gets the place and the column. */
    function over(value) {
      const here = sheet.cursor.range();
      const edits = [];
      for (let place = here.top; place <= here.bottom; place += 1) {
        for (let at = here.left; at <= here.right; at += 1) {
          const column = sheet.columns[at];
          const text = column.fixed ? null : value(place, column);
          if (text !== null) edits.push({ row: sheet.rows.reach(place), column: column.name, value: text });
        }
      }
      if (sheet.isClosed()) sheet.tell(sheet.closed.sentence);
      else sheet.history.act(edits);
    }

    function textAt(place, column) {
      const row = sheet.rows.shown(place);
      return (row && row.cells[column.name]) || '';
    }

    function down() {
      const here = sheet.cursor.range();
      const from = here.top === here.bottom ? here.top - 1 : here.top;
      if (from < 0) return;
      over(function (place, column) {
        const text = textAt(from, column);
        return place === from || text.indexOf('*') >= 0 ? null : text;
      });
    }

    function clear() {
      const filled = sheet.rows.filled();
      over(function (place) { return place < filled ? '' : null; });
    }

    /* Rows the ledger has are withdrawn there, once this is confirmed; the others just go. */
    function removeRows() {
      if (sheet.isMatrix) return undefined;
      const here = sheet.cursor.range();
      const rows = [];
      for (let place = here.top; place <= Math.min(here.bottom, sheet.rows.filled() - 1); place += 1) rows.push(sheet.rows.shown(place));
      const known = rows.filter(function (row) { return row.id !== null || row.held || row.sent; });
      if (!known.length) return remove(rows, []);
      return sheet.ask(sheet.text('remove', { n: known.length }), function (reason) { remove(rows, known, reason); });
    }

    function remove(rows, known, reason) {
      known.forEach(function (row) {
        row.withdraw = true;
        row.reason = reason;
        sheet.rows.settle(row);
      });
      const gone = rows.filter(function (row) { return known.indexOf(row) < 0; });
      sheet.history.forget(gone);
      sheet.rows.drop(gone);
      sheet.emit('removed', gone);
      sheet.emit('stepped', known);
    }

    return {
      down: down, clear: clear, removeRows: removeRows,
      range: function (value) {
        if (!sheet.cursor.column().fixed || sheet.cursor.range().left !== sheet.cursor.range().right) over(function (place, column) { return grid.read(column, value); });
        else sheet.tell(sheet.words.fixed);
      },
    };
  };
}());
