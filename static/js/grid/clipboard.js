/* Blocks of cells in from Excel and WPS and out to them, by the browser's own paste, copy and cut events. */
(function () {
  'use strict';
  const MOST = 5000;
  const TEXT_COLUMNS = ['id', 'phone', 'text'];
  const grid = window.portal.grid;

  /* Tab-separated text as Excel writes it: a cell with tabs, line ends or quotes stands in quotes. */
  grid.parseText = function (text) {
    const lines = [[]];
    const plain = text.replace(/\r\n?/g, '\n').replace(/\n$/, '');
    let at = 0;
    while (at <= plain.length) {
      const line = lines[lines.length - 1];
      const quoted = plain[at] === '"' ? /"((?:[^"]|"")*)"(?=\t|\n|$)/y : null;
      if (quoted) quoted.lastIndex = at;
      const found = quoted && quoted.exec(plain);
      const end = found ? quoted.lastIndex : endOf(plain, at);
      line.push(found ? found[1].replace(/""/g, '"') : plain.slice(at, end));
      if (plain[end] === '\n') lines.push([]);
      at = end + 1;
    }
    return lines;
  };

  function endOf(text, from) {
    const found = /[\t\n]/g;
    found.lastIndex = from;
    const hit = found.exec(text);
    return hit ? hit.index : text.length;
  }

  /* The digits that a cell hides behind 6.21E+17: Excel's x:num and x:str, WPS' data-* and et:*. */
  function hidden(cell) {
    const digits = Array.from(cell.attributes).filter(function (attribute) { return /^(x:|data-|et:)/.test(attribute.name); })
      .map(function (attribute) { return attribute.value.replace(/^'/, '').trim(); })
      .filter(function (value) { return /^\d{11,}[\dXx]?$/.test(value); });
    return digits[0] || '';
  }

  function textOf(cell) {
    cell.querySelectorAll('br').forEach(function (end) { end.replaceWith(' '); });
    const text = cell.textContent.replace(/[\s\u00a0]+/g, ' ').trim();
    const digits = hidden(cell);
    return digits && (!text || /^\d(\.\d+)?E\+\d+$/i.test(text)) ? digits : text;
  }

  /* Looks are not needed, and the content policy would refuse and report each of them. */
  function withoutLooks(html) {
    return html.replace(/<style[\s\S]*?<\/style>/gi, '').replace(/\sstyle=(?:"[^"]*"|'[^']*'|[^\s>]+)/gi, '');
  }

  /* The first table of what was copied, cell by cell; a merged cell stands in its first place, null in the others.
     Scripts in it do not run. */
  function cellsOf(html) {
    const table = new DOMParser().parseFromString(withoutLooks(html), 'text/html').querySelector('table');
    if (!table) return null;
    const lines = [];
    Array.from(table.rows).forEach(function (row, place) {
      const line = lines[place] = lines[place] || [];
      Array.from(row.cells).forEach(function (cell) {
        let at = 0;
        while (line[at] !== undefined) at += 1;
        for (let down = 0; down < cell.rowSpan; down += 1) {
          const into = lines[place + down] = lines[place + down] || [];
          for (let right = 0; right < cell.colSpan; right += 1) into[at + right] = null;
        }
        line[at] = cell;
      });
    });
    return lines.map(function (line) { return Array.from(line, function (cell) { return cell || null; }); });
  }

  function sameShape(one, other) {
    return one.length === other.length && one.every(function (line, at) { return line.length === other[at].length; });
  }

  /* The block that was copied. The text is exact, the table unambiguous: where their shapes agree, cell by cell. */
  grid.parsePaste = function (html, text) {
    const lines = grid.parseText(text || '');
    const table = html ? cellsOf(html) : null;
    if (!table) return lines;
    const read = function (cell) { return cell ? textOf(cell) : ''; };
    if (!sameShape(lines, table)) return table.map(function (line) { return line.map(read); });
    return lines.map(function (line, at) {
      return line.map(function (cell, column) { return /^\s*\d(\.\d+)?E\+\d+\s*$/i.test(cell) ? read(table[at][column]) : cell; });
    });
  };

  grid.clipboard = function (sheet) {
    const field = sheet.part('entry');
    let pasted = 0;

    /* Columns by a first line of headings (three known ones at least), else from the active cell rightwards. */
    function targets(block) {
      const known = block[0].map(function (text) {
        const heading = text.trim();
        return sheet.columns.find(function (column) { return column.title === heading || (column.also || []).indexOf(heading) >= 0; });
      });
      if (known.filter(Boolean).length >= 3) return { columns: known, lines: block.slice(1), left: block[0].filter(function (text, at) { return !known[at] && text.trim(); }) };
      const from = sheet.isMatrix ? sheet.matrix.from(block) : sheet.cursor.range().left;
      const wide = block.reduce(function (most, line) { return Math.max(most, line.length); }, 0);
      const over = Math.max(0, from + wide - sheet.columns.length);
      return { columns: sheet.columns.slice(from, from + wide), lines: block, left: over ? [String(over)] : [] };
    }

    function isFree(row, column) { return !column.fixed && row.trouble !== 'closed'; }

    function place(block) {
      const into = targets(block);
      const top = sheet.cursor.range().top;
      const edits = [];
      const lost = [];
      let fixed = 0;
      into.lines.forEach(function (line, down) {
        const row = sheet.isMatrix ? sheet.matrix.rowOf(line, into.columns, top + down) : sheet.rows.reach(top + down);
        if (!row) { lost.push(line[0].trim()); return; }
        into.columns.forEach(function (column, right) {
          if (!column) return;
          const text = (line[right] || '').trim();
          if (isFree(row, column)) edits.push({ row: row, column: column.name, value: column.kind === 'mark' ? grid.read(column, text) : text });
          else if (text && !sheet.isMatrix) fixed += 1;
        });
      });
      sheet.history.act(edits);
      finish(into, top, fixed, lost);
    }

    function finish(into, top, fixed, lost) {
      const rows = into.lines.filter(function (line) { return line.some(function (text) { return text.trim(); }); }).length - lost.filter(Boolean).length;
      pasted += rows;
      const left = sheet.columns.indexOf(into.columns.find(Boolean));
      const right = Math.min(sheet.columns.length - 1, left + into.columns.length - 1);
      sheet.cursor.select({ row: top, column: left }, { row: top + into.lines.length - 1, column: right });
      const parts = [sheet.text('pasted', { n: rows })];
      if (into.left.length) parts.push(sheet.text('left-over', { columns: into.left.join('、') }));
      if (fixed) parts.push(sheet.text('fixed-left', { n: fixed }));
      if (lost.length) parts.push(sheet.text('nobody', { n: lost.length, names: lost.slice(0, 8).join('、') }));
      sheet.tell(parts.join(' '));
      sheet.emit('pasted');
    }

    function fromClipboard(data) {
      const block = grid.parsePaste(data.getData('text/html'), data.getData('text/plain'));
      if (!block.length || block.length === 1 && block[0].join('') === '') return;
      if (sheet.isClosed()) return sheet.tell(sheet.closed.sentence);
      if (block.length > MOST) return sheet.tell(sheet.text('too-many', { n: block.length, most: MOST }));
      if (block.length === 1 && block[0].length === 1) return sheet.filling.range(block[0][0].trim());
      return place(block);
    }

    function block() {
      const here = sheet.cursor.range();
      const bottom = Math.min(here.bottom, Math.max(here.top, sheet.rows.filled() - 1));
      const lines = [];
      for (let place_ = here.top; place_ <= bottom; place_ += 1) {
        const row = sheet.rows.shown(place_);
        lines.push(sheet.columns.slice(here.left, here.right + 1).map(function (column) { return row ? grid.cell(row, column) : ''; }));
      }
      return { lines: lines, columns: sheet.columns.slice(here.left, here.right + 1) };
    }

    function quoted(text) { return /["\t\n]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text; }

    /* Long numbers are told to be text, or a spreadsheet rounds them. */
    function asTable(copied) {
      const table = document.createElement('table');
      copied.lines.forEach(function (line) {
        const row = table.insertRow();
        line.forEach(function (text, at) {
          const cell = row.insertCell();
          cell.textContent = text;
          if (TEXT_COLUMNS.indexOf(copied.columns[at].kind) >= 0) cell.setAttribute('x:str', text);
          if (TEXT_COLUMNS.indexOf(copied.columns[at].kind) >= 0) cell.className = 'as-text';
        });
      });
      const looks = '<style>.as-text{mso-number-format:"\\@"}</style>';
      return '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head>' + looks + '</head><body>' + table.outerHTML + '</body></html>';
    }

    function copy(event) {
      if (sheet.entry.isEditing()) return;
      const copied = block();
      event.preventDefault();
      event.clipboardData.setData('text/plain', copied.lines.map(function (line) { return line.map(quoted).join('\t'); }).join('\r\n'));
      event.clipboardData.setData('text/html', asTable(copied));
      field.value = '';
      if (event.type === 'cut') sheet.filling.clear();
    }

    field.addEventListener('copy', copy);
    field.addEventListener('cut', copy);
    field.addEventListener('paste', function (event) {
      if (sheet.entry.isEditing()) return;
      event.preventDefault();
      fromClipboard(event.clipboardData);
    });

    return {
      pasted: function () { return pasted; },
      forget: function () { sheet.cursor.go(sheet.cursor.active().row, sheet.cursor.active().column); },
    };
  };
}());
