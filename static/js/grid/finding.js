/* Find (Ctrl+F), sort by a heading, freeze, and only the rows that are to be mended. */
(function () {
  'use strict';
  const grid = window.portal.grid;

  grid.finding = function (sheet) {
    const bar = sheet.part('find');
    const field = bar.querySelector('input');
    const told = bar.querySelector('output');
    const frame = sheet.part('frame');
    let wanted = '';

    function isHit(row, name) { return wanted !== '' && (row.cells[name] || '').toLowerCase().indexOf(wanted) >= 0; }

    /* Every cell that holds the words, as places. */
    function hits() {
      const found = [];
      for (let place = 0; wanted && place < sheet.rows.filled(); place += 1) {
        const row = sheet.rows.shown(place);
        sheet.columns.forEach(function (column, at) { if (isHit(row, column.name)) found.push({ row: place, column: at }); });
      }
      return found;
    }

    function next(step) {
      const found = hits();
      const at = sheet.cursor.active();
      const after = found.findIndex(function (hit) { return hit.row > at.row || hit.row === at.row && hit.column > at.column; });
      const same = found.findIndex(function (hit) { return hit.row === at.row && hit.column === at.column; });
      const start = after < 0 ? found.length : after;
      const index = step > 0 ? start % found.length : ((same < 0 ? start : same) - 1 + found.length) % found.length;
      if (found.length) sheet.cursor.go(found[index].row, found[index].column);
      told.textContent = found.length ? (index + 1) + ' / ' + found.length : wanted ? sheet.words['not-found'] : '';
    }

    function look() {
      wanted = field.value.trim().toLowerCase();
      sheet.view.paint();
      told.textContent = wanted ? String(hits().length) : '';
    }

    function close() {
      bar.hidden = true;
      wanted = '';
      sheet.view.paint();
      sheet.entry.focus();
    }

    function sort(at) {
      const name = sheet.columns[at].name;
      const order = sheet.rows.order();
      const own = order && order.column === name;
      sheet.entry.commit();
      sheet.rows.sortBy(own && order.down ? null : { column: name, down: Boolean(own) });
    }

    function resize(event, at) {
      const from = event.clientX;
      const width = sheet.view.width(at);
      function drag(move) { sheet.view.setWidth(at, width + move.clientX - from); }
      function end() {
        window.removeEventListener('mousemove', drag);
        window.removeEventListener('mouseup', end);
      }
      window.addEventListener('mousemove', drag);
      window.addEventListener('mouseup', end);
    }

    frame.addEventListener('mousedown', function (event) {
      const heading = event.target.closest('.grid-heading');
      if (!heading) return;
      event.preventDefault();
      const at = Number(heading.dataset.column);
      sheet.entry.commit();
      if (event.target.closest('.grid-edge')) resize(event, at);
      else if (event.target.closest('.grid-sort')) sort(at);
      else sheet.cursor.select({ row: 0, column: at }, { row: Math.max(0, sheet.rows.filled() - 1), column: at });
      sheet.entry.focus();
    });
    frame.addEventListener('dblclick', function (event) {
      const edge = event.target.closest('.grid-edge');
      if (edge) sheet.view.fit(Number(edge.parentNode.dataset.column));
    });
    field.addEventListener('input', look);
    bar.addEventListener('keydown', function (event) {
      if (event.isComposing || event.keyCode === 229) return;
      if (event.key === 'Escape') close();
      else if (event.key === 'Enter' && event.target === field) { event.preventDefault(); next(event.shiftKey ? -1 : 1); }
    });
    sheet.acts['find-next'] = function () { next(1); };
    sheet.acts['find-close'] = close;

    function onlyToMend(button) {
      const on = !sheet.rows.isFiltered();
      button.setAttribute('aria-pressed', String(on));
      sheet.rows.keepOnly(on ? function (row) { return row.findings.length > 0 || row.held || row.trouble !== ''; } : null);
      sheet.cursor.go(0, sheet.cursor.active().column);
    }
    sheet.acts.mend = onlyToMend;
    sheet.acts.freeze = function () {
      const wanted_ = sheet.cursor.active().column + 1;
      sheet.view.freeze(sheet.view.frozen() === wanted_ ? 0 : wanted_);
    };

    return {
      isHit: isHit,
      open: function () { bar.hidden = false; field.select(); field.focus(); },
    };
  };
}());
