/* What the rules say of a row while it is being typed; the sentence, the rule and its source stand beside the cell. */
(function () {
  'use strict';
  const PAUSE = 300;
  const MOST = 200;
  const grid = window.portal.grid;

  grid.judging = function (sheet) {
    const box = sheet.part('findings');
    const waiting = new Set();
    let timer = 0;
    let restUntil = 0;

    function ask(row) { return { client: row.client, id: row.id, line: Math.max(1, sheet.rows.place(row) + 1), cells: row.id === null ? row.cells : grid.changed(row, row.cells) }; }

    function apply(rows, asked, answer) {
      answer.rows.forEach(function (judged) {
        const row = rows.find(function (candidate) { return candidate.client === judged.client; });
        if (row && JSON.stringify(ask(row)) === asked.get(row)) row.findings = judged.findings;
      });
      restUntil = answer.wait ? Date.now() + answer.wait * 1000 : 0;
      sheet.emit('told', rows);
    }

    function judge() {
      const rows = Array.from(waiting).filter(function (row) { return !grid.isBlank(row) && !row.sent; }).slice(0, MOST);
      waiting.clear();
      if (!rows.length || Date.now() < restUntil) return;
      const asked = new Map(rows.map(function (row) { return [row, JSON.stringify(ask(row))]; }));
      sheet.api.post('judge/', Object.assign({ rows: rows.map(ask) }, sheet.whose))
        .then(function (answer) { apply(rows, asked, answer); })
        .catch(function () { /* Saving judges as well; a network that is away is told there. */ });
    }

    /* A block of rows is judged as it is saved; one that is typed, at once. */
    sheet.on('written', function (rows) {
      rows.forEach(function (row) { row.findings = row.findings.filter(function (finding) { return finding.column && row.cells[finding.column] === row.known[finding.column]; }); });
      if (rows.length > 20) return;
      rows.forEach(function (row) { waiting.add(row); });
      window.clearTimeout(timer);
      timer = window.setTimeout(judge, PAUSE);
    });

    function line(finding) {
      const item = grid.element('li', 'grid-finding is-' + finding.severity, '');
      const column = sheet.columns.find(function (candidate) { return candidate.name === finding.column; });
      item.appendChild(grid.element('b', '', sheet.words['severity-' + finding.severity] || finding.severity));
      item.appendChild(grid.element('span', '', (column ? column.title + sheet.words.colon : '') + finding.message));
      item.appendChild(grid.element('small', '', [finding.name, finding.citation].filter(Boolean).join(' · ')));
      return item;
    }

    /* The active cell's findings first, then the row's others; one place, so that nothing covers the cells. */
    function show() {
      const row = sheet.cursor.row();
      const name = sheet.cursor.column().name;
      const found = row ? row.findings.slice() : [];
      found.sort(function (one, other) { return (other.column === name) - (one.column === name); });
      box.textContent = '';
      if (row && row.trouble) box.appendChild(grid.element('li', 'grid-finding is-block', row.sentence || sheet.words['state-' + row.trouble]));
      found.slice(0, 6).forEach(function (finding) { box.appendChild(line(finding)); });
      if (found.length > 6) box.appendChild(grid.element('li', '', sheet.text('more-findings', { n: found.length - 6 })));
      const settle = sheet.part('settle');
      settle.hidden = !(row && row.theirs && row.trouble);
    }
    sheet.on('moved', show);
    sheet.on('told', show);
    sheet.on('written', show);

    function isWrong(row, at) {
      return row.findings.some(function (finding) {
        return finding.column === sheet.columns[at].name || at === 0 && !sheet.columns.some(function (column) { return column.name === finding.column; });
      });
    }

    /* F8: the next cell with a finding, from the active one on and around. */
    function next() {
      const wide = sheet.columns.length;
      const total = sheet.rows.filled() * wide;
      const from = sheet.cursor.active().row * wide + sheet.cursor.active().column;
      for (let step = 1; step <= total; step += 1) {
        const index = (from + step) % total;
        if (isWrong(sheet.rows.shown(Math.floor(index / wide)), index % wide)) return sheet.cursor.go(Math.floor(index / wide), index % wide);
      }
      return sheet.tell(sheet.words['no-findings']);
    }
    sheet.acts.next = next;

    return { next: next };
  };
}());
