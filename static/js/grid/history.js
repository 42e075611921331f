/* Undo and redo. A step is what one act wrote: a key, a paste, a fill; two hundred are kept. */
(function () {
  'use strict';
  const MOST = 200;
  const grid = window.portal.grid;

  grid.history = function (sheet) {
    const done = [];
    const undone = [];

    /* A row emptied by going back was added by the step: the ledger is asked to withdraw it. */
    function withdrawEmptied(rows) {
      rows.forEach(function (row) {
        const empty = Object.keys(row.cells).every(function (column) { return !row.cells[column]; });
        row.withdraw = empty && (row.id !== null || row.held || Boolean(row.sent));
        sheet.rows.settle(row);
      });
    }

    function go(from, to) {
      const step = from.pop();
      if (!step) return;
      /* A masked number cannot be written; it can only still be there. */
      const possible = step.filter(function (edit) { return edit.value.indexOf('*') < 0 || edit.row.base[edit.column] === edit.value; });
      const back = sheet.rows.write(possible.reverse());
      withdrawEmptied(new Set(step.map(function (edit) { return edit.row; })));
      to.push(back);
      sheet.cursor.show(step[0].row, step[0].column);
      sheet.emit('stepped', step.map(function (edit) { return edit.row; }));
    }

    return {
      /* Write cells as one step that can be taken back. */
      act: function (edits) {
        const real = edits.filter(function (edit) { return (edit.row.cells[edit.column] || '') !== edit.value; });
        if (!real.length) return;
        done.push(sheet.rows.write(real));
        if (done.length > MOST) done.shift();
        undone.length = 0;
      },
      undo: function () { go(done, undone); },
      redo: function () { go(undone, done); },
      /* Rows that left the grid cannot come back by undo. */
      forget: function (rows) {
        const gone = new Set(rows);
        [done, undone].forEach(function (steps) {
          const kept = steps.map(function (step) { return step.filter(function (edit) { return !gone.has(edit.row); }); });
          steps.length = 0;
          steps.push.apply(steps, kept.filter(function (step) { return step.length; }));
        });
      },
    };
  };
}());
