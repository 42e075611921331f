/* People by days: the rows are given, a cell is a mark. One key writes a mark, one a whole day or person; the sums are
   reckoned here from what stands in the cells. */
(function () {
  'use strict';
  const grid = window.portal.grid;
  const KEYS = { 1: 'present', 0: 'absent', 2: 'leave' };

  grid.matrix = function (sheet) {
    const signs = {};
    const marks = new Map();
    let waiting = false;

    function look(name) {
      return function (row) {
        const sign = row.cells[name];
        return ' is-mark' + (sign === signs.absent ? ' is-absent' : sign === signs.leave ? ' is-leave' : '');
      };
    }

    function days() { return sheet.columns.filter(function (column) { return column.kind === 'mark'; }); }

    /* [present, called]; what is no mark is not counted. */
    function tally(cells) {
      const called = cells.filter(function (text) { return text === signs.present || text === signs.absent || text === signs.leave; });
      return [called.filter(function (text) { return text === signs.present; }).length, called.length];
    }

    function share(row) {
      const sum = tally(days().map(function (column) { return row.cells[column.name] || ''; }));
      return sum[1] ? sum[0] + '/' + sum[1] + '　' + Math.round(100 * sum[0] / sum[1]) + '%' : '';
    }

    function columns(answer) {
      answer.marks.forEach(function (mark) {
        signs[mark.mark] = mark.sign;
        mark.words.forEach(function (word) { marks.set(word, mark.sign); });
      });
      answer.columns.forEach(function (column) { if (column.kind === 'mark') Object.assign(column, { marks: marks, look: look(column.name) }); });
      const reckoned = { name: 'share', title: sheet.words.share, also: [], kind: 'share', required: false, fixed: true, choices: [], text: share };
      const fixed = answer.columns.filter(function (column) { return column.fixed; });
      return fixed.concat([reckoned], answer.columns.filter(function (column) { return !column.fixed; }));
    }

    /* Under each day how many were there of those called. */
    function sum() {
      waiting = false;
      const cells = sheet.part('head').children;
      sheet.columns.forEach(function (column, at) {
        const place = cells[at + 1] && cells[at + 1].querySelector('.grid-sum');
        if (!place) return;
        const found = tally(sheet.rows.all().map(function (row) { return row.cells[column.name] || ''; }));
        const text = found[1] ? found.join('/') : '';
        if (place.textContent !== text) place.textContent = text;
      });
    }

    function soon() {
      if (waiting) return;
      waiting = true;
      window.requestAnimationFrame(sum);
    }
    ['written', 'told', 'arranged'].forEach(function (name) { sheet.on(name, soon); });

    function first() { return Math.max(0, sheet.columns.findIndex(function (column) { return !column.fixed; })); }

    /* Present wherever nothing stands yet; what somebody marked stays. */
    function fill(rows, into) {
      if (sheet.isClosed()) { sheet.tell(sheet.closed.sentence); return; }
      const edits = [];
      rows.forEach(function (row) {
        into.forEach(function (column) { if (!column.fixed && !row.cells[column.name]) edits.push({ row: row, column: column.name, value: signs.present }); });
      });
      sheet.history.act(edits);
      sheet.tell(sheet.text('filled', { n: edits.length }));
      sheet.emit('stepped', edits.map(function (edit) { return edit.row; }));
    }

    function day() {
      if (sheet.cursor.column().fixed) sheet.tell(sheet.words['no-day']);
      else fill(sheet.rows.all(), [sheet.cursor.column()]);
    }

    function person() { if (sheet.cursor.row()) fill([sheet.cursor.row()], days()); }

    function marked() {
      const here = sheet.cursor.range();
      const rows = sheet.rows.all().filter(function (row) { const at = sheet.rows.place(row); return at >= here.top && at <= here.bottom; });
      fill(rows, sheet.columns.slice(here.left, here.right + 1));
    }
    sheet.acts['day-present'] = day;
    sheet.acts['person-present'] = person;
    sheet.acts['marked-present'] = marked;

    /* Returns whether the key was one of the matrix's. */
    function key(event) {
      if (event.ctrlKey || event.altKey) return false;
      if (event.key === 'F4') { if (event.shiftKey) person(); else day(); return true; }
      const mark = KEYS[event.key];
      if (mark === undefined) return false;
      if (!sheet.cursor.row()) return true;
      const here = sheet.cursor.range();
      sheet.filling.range(signs[mark]);
      if (here.top === here.bottom && here.left === here.right) sheet.cursor.step(1, 0);
      return true;
    }

    function byName(name) { return sheet.rows.all().filter(function (row) { return row.cells.name === name; }); }

    /* Where a block without headings begins: at the names if it has some, never left of the days otherwise. */
    function from(block) {
      const left = sheet.cursor.range().left;
      if (left >= first()) return left;
      return block.some(function (line) { return byName(line[0].trim()).length > 0; }) ? 0 : first();
    }

    /* Whom a pasted line is about: whoever stands at its place, unless it names another one. */
    function rowOf(line, into, place) {
      const at = into.findIndex(function (column) { return column && column.name === 'name'; });
      const here = sheet.rows.shown(place);
      const name = at < 0 ? '' : (line[at] || '').trim();
      if (!name || here && here.cells.name === name) return here;
      const found = byName(name);
      return found.length === 1 ? found[0] : undefined;
    }

    /* Of a held row what could be read is on file; the other cells go again once they are mended. */
    function held(row, sent, answer) {
      const wrong = row.findings.map(function (finding) { return finding.column; });
      const written = Object.assign({}, sent, answer.cells);
      row.version = answer.version;
      row.base = Object.assign({}, row.base);
      row.known = written;
      days().forEach(function (column) {
        const name = column.name;
        if (wrong.indexOf(name) < 0) row.base[name] = written[name] || '';
        if ((row.cells[name] || '') === (sent[name] || '')) row.cells[name] = written[name] || '';
      });
    }

    return { columns: columns, held: held, first: first, key: key, from: from, rowOf: rowOf };
  };
}());
