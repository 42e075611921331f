/* The active cell, the range and the keys, as in Excel. */
(function () {
  'use strict';
  const grid = window.portal.grid;

  grid.cursor = function (sheet) {
    let at = { row: 0, column: 0 };
    let to = { row: 0, column: 0 };
    let rect = { top: 0, bottom: 0, left: 0, right: 0 };
    let began = null;
    const frame = sheet.part('frame');

    function span() {
      rect = {
        top: Math.min(at.row, to.row), bottom: Math.max(at.row, to.row),
        left: Math.min(at.column, to.column), right: Math.max(at.column, to.column),
      };
    }

    function clamp(place) {
      return {
        row: Math.max(0, Math.min(sheet.rows.size() - 1, place.row)),
        column: Math.max(0, Math.min(sheet.columns.length - 1, place.column)),
      };
    }

    function moved(before) {
      sheet.view.reveal(to.row, to.column);
      sheet.view.paint();
      sheet.emit('moved', { from: before, to: at });
    }

    function go(row, column, extends_) {
      const before = at;
      to = clamp({ row: row, column: column });
      if (!extends_) at = to;
      span();
      moved(before);
    }

    function select(from, until) {
      const before = at;
      at = clamp(from);
      to = clamp(until);
      span();
      sheet.view.paint();
      sheet.emit('moved', { from: before, to: at });
    }

    function text(row, column) {
      const found = sheet.rows.shown(row);
      return (found && found.cells[sheet.columns[column].name]) || '';
    }

    /* Ctrl+arrow: to the edge of the block, or of the next one. */
    function edge(place, down, right) {
      const last = clamp({ row: down > 0 ? sheet.rows.filled() - 1 : 0, column: right > 0 ? Infinity : 0 });
      const isEnd = function (here) { return down ? here.row === last.row || (here.row - last.row) * down > 0 : here.column === last.column; };
      let here = place;
      let started = null;
      while (!isEnd(here)) {
        const next = { row: here.row + down, column: here.column + right };
        const full = text(next.row, next.column) !== '';
        if (started === null) started = full && text(here.row, here.column) !== '';
        if (started && !full) return here;
        here = next;
        if (!started && full) return here;
      }
      return here;
    }

    const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

    function arrow(event) {
      const step = ARROWS[event.key];
      const from = event.shiftKey ? to : at;
      const next = event.ctrlKey ? edge(from, step[0], step[1]) : { row: from.row + step[0], column: from.column + step[1] };
      began = null;
      go(next.row, next.column, event.shiftKey);
    }

    /* Tab and Enter walk inside a range; Enter after Tab returns to where Tab began. */
    function walk(down, right) {
      const here = rect;
      const high = here.bottom - here.top + 1;
      const wide = here.right - here.left + 1;
      if (high * wide === 1) return step(down, right);
      const index = right ? (at.row - here.top) * wide + at.column - here.left : (at.column - here.left) * high + at.row - here.top;
      const next = (index + down + right + high * wide) % (high * wide);
      const before = at;
      at = right ? { row: here.top + Math.floor(next / wide), column: here.left + next % wide } : { row: here.top + next % high, column: here.left + Math.floor(next / high) };
      sheet.view.reveal(at.row, at.column);
      sheet.view.paint();
      return sheet.emit('moved', { from: before, to: at });
    }

    function step(down, right) {
      if (right) {
        if (began === null) began = at.column;
        const next = at.column + right;
        if (next >= sheet.columns.length) return go(at.row + 1, 0);
        return next < 0 ? go(at.row - 1, at.row ? sheet.columns.length - 1 : 0) : go(at.row, next);
      }
      const column = began !== null && down > 0 ? began : at.column;
      began = null;
      return go(at.row + down, column);
    }

    function jump(event) {
      const last = sheet.columns.length - 1;
      const from = event.shiftKey ? to : at;
      const page = sheet.view.page();
      const places = {
        Home: [event.ctrlKey ? 0 : from.row, 0],
        End: event.ctrlKey ? [sheet.rows.filled() - 1, last] : [from.row, last],
        PageUp: [from.row - page, from.column], PageDown: [from.row + page, from.column],
      };
      began = null;
      go(places[event.key][0], places[event.key][1], event.shiftKey);
    }

    /* Returns whether the key was one of the cursor's. */
    function key(event) {
      if (event.key in ARROWS) arrow(event);
      else if (['Home', 'End', 'PageUp', 'PageDown'].indexOf(event.key) >= 0) jump(event);
      else if (event.key === 'Tab') walk(0, event.shiftKey ? -1 : 1);
      else if (event.key === 'Enter') walk(event.shiftKey ? -1 : 1, 0);
      else return false;
      return true;
    }

    function placeOf(event) {
      const cell = event.target.closest('.grid-cell, .grid-number');
      if (!cell) return null;
      return { row: cell.parentNode.place, column: cell.dataset.column === undefined ? -1 : Number(cell.dataset.column) };
    }

    function press(event) {
      const place = event.button === 0 ? placeOf(event) : null;
      if (!place) return;
      event.preventDefault();
      sheet.entry.commit();
      began = null;
      if (place.column < 0) {
        select({ row: event.shiftKey ? at.row : place.row, column: 0 }, { row: place.row, column: sheet.columns.length - 1 });
      } else go(place.row, place.column, event.shiftKey);
      sheet.entry.focus();
      drag(place.column < 0);
    }

    function drag(wholeRows) {
      function over(event) {
        const place = placeOf(event);
        if (!place || place.row === to.row && (wholeRows || place.column === to.column)) return;
        go(place.row, wholeRows ? sheet.columns.length - 1 : Math.max(0, place.column), true);
      }
      function end() {
        frame.removeEventListener('mousemove', over);
        window.removeEventListener('mouseup', end);
      }
      frame.addEventListener('mousemove', over);
      window.addEventListener('mouseup', end);
    }

    frame.addEventListener('mousedown', press);
    frame.addEventListener('dblclick', function (event) { if (event.target.closest('.grid-cell')) sheet.entry.open(); });

    return {
      key: key, go: go, step: walk, select: select,
      range: function () { return rect; },
      active: function () { return at; },
      row: function () { return sheet.rows.shown(at.row); },
      column: function () { return sheet.columns[at.column]; },
      covers: function (row, column) {
        return row >= rect.top && row <= rect.bottom && column >= rect.left && column <= rect.right;
      },
      show: function (row, name) {
        const place = sheet.rows.place(row);
        if (place >= 0) go(place, Math.max(0, sheet.columns.findIndex(function (column) { return column.name === name; })));
      },
      all: function () { select({ row: 0, column: 0 }, { row: Math.max(0, sheet.rows.filled() - 1), column: sheet.columns.length - 1 }); },
    };
  };
}());
