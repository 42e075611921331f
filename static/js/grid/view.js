/* The only file that draws. A pool of rows is moved over the visible part; a cell is written only where it differs.
   Geometry goes through the style objects of elements, which the content policy does not concern. */
(function () {
  'use strict';
  const HEIGHT = 28;
  const HEADER = 64;
  const SPARE = 8;
  const WIDTHS = { id: 168, date: 104, phone: 116, number: 72, village: 128, township: 112, choice: 112, text: 120, mark: 46, share: 104 };
  const MARKS = { unsent: '●', sending: '↑', saved: '✓', held: '!', conflict: '⇄', gone: '⇄', closed: '⊘', refused: '⊘', blank: '' };
  const grid = window.portal.grid;

  function element(name, className, text) {
    const made = document.createElement(name);
    made.className = className;
    if (text) made.textContent = text;
    return made;
  }
  grid.element = element;

  grid.view = function (sheet) {
    const frame = sheet.part('frame');
    const head = sheet.part('head');
    const body = sheet.part('body');
    const entry = sheet.part('entry');
    const pool = [];
    let widths = [];
    let lefts = [];
    let frozen = sheet.isMatrix ? 3 : 2;
    let waiting = false;

    function keptWidths() {
      try { return JSON.parse(window.localStorage.getItem('grid-widths')) || {}; } catch (error) { return {}; }
    }

    function measure() {
      lefts = [HEADER];
      widths.forEach(function (width, at) { lefts.push(lefts[at] + width); });
      const template = [HEADER].concat(widths).map(function (width) { return width + 'px'; }).join(' ');
      frame.style.setProperty('--columns', template);
      frame.style.setProperty('--width', lefts[widths.length] + 'px');
      [head].concat(pool).forEach(freezeCells);
    }

    function freezeCells(line) {
      Array.from(line.children).forEach(function (cell, at) {
        const stays = at <= frozen;
        cell.style.left = stays ? (at === 0 ? 0 : lefts[at - 1]) + 'px' : '';
        cell.classList.toggle('is-frozen', stays);
        cell.classList.toggle('is-last-frozen', at === frozen);
        if (cell.seen !== undefined) cell.seen = null;
      });
    }

    function drawHead() {
      head.textContent = '';
      head.appendChild(element('div', 'grid-corner'));
      sheet.columns.forEach(function (column, at) {
        const cell = element('div', 'grid-heading', '');
        cell.setAttribute('role', 'columnheader');
        cell.setAttribute('aria-colindex', at + 2);
        cell.dataset.column = at;
        cell.appendChild(element('span', 'grid-title' + (column.required ? ' is-required' : ''), column.title));
        const sort = element('button', 'grid-sort', '↕');
        sort.type = 'button';
        sort.tabIndex = -1;
        sort.title = sheet.words.sort;
        if (column.kind === 'mark') cell.appendChild(element('span', 'grid-sum'));
        else cell.appendChild(sort);
        cell.appendChild(element('span', 'grid-edge'));
        head.appendChild(cell);
      });
    }

    function drawOrder() {
      const order = sheet.rows.order();
      Array.from(head.children).slice(1).forEach(function (cell, at) {
        const own = order && order.column === sheet.columns[at].name;
        const sort = cell.querySelector('.grid-sort');
        if (sort) sort.textContent = own ? (order.down ? '↓' : '↑') : '↕';
        cell.setAttribute('aria-sort', own ? (order.down ? 'descending' : 'ascending') : 'none');
      });
    }

    function line() {
      const made = element('div', 'grid-row');
      made.setAttribute('role', 'row');
      const number = element('div', 'grid-number');
      number.setAttribute('role', 'rowheader');
      made.appendChild(number);
      sheet.columns.forEach(function (column, at) {
        const cell = element('div', 'grid-cell');
        cell.setAttribute('role', 'gridcell');
        cell.setAttribute('aria-colindex', at + 2);
        cell.dataset.column = at;
        cell.seen = null;
        made.appendChild(cell);
      });
      made.place = -1;
      return made;
    }

    function fillPool() {
      const wanted = Math.ceil(frame.clientHeight / HEIGHT) + 2 * SPARE;
      while (pool.length < wanted) {
        const made = line();
        freezeCells(made);
        pool.push(made);
        body.appendChild(made);
      }
    }

    function worst(row, column) {
      const found = row.findings.filter(function (finding) { return finding.column === column; });
      if (!found.length) return '';
      if (found.some(function (finding) { return finding.severity === 'block'; })) return ' has-block';
      return found.some(function (finding) { return finding.severity === 'near-block'; }) ? ' has-near-block' : ' has-explain';
    }

    function look(row, place, column, at) {
      let text = 'grid-cell' + (at < frozen ? ' is-frozen' : '') + (at === frozen - 1 ? ' is-last-frozen' : '');
      if (sheet.cursor.covers(place, at)) text += ' in-range';
      if (column.fixed) text += ' is-fixed';
      if (!row) return text;
      if (column.look) text += column.look(row);
      if (row.findings.length) text += worst(row, column.name);
      if (row.repaired.indexOf(column.name) >= 0) text += ' is-repaired';
      if (row.trouble === 'conflict' && row.theirs && grid.differing(row.cells, row.theirs.cells).indexOf(column.name) >= 0) text += ' is-disputed';
      return sheet.finding.isHit(row, column.name) ? text + ' is-hit' : text;
    }

    function drawNumber(cell, row, place, state) {
      const text = (place + 1) + ' ' + MARKS[state];
      if (cell.firstChild === null || cell.textContent !== text) cell.textContent = text;
      if (cell.dataset.state !== state) {
        cell.dataset.state = state;
        cell.title = sheet.words['state-' + state] || '';
      }
    }

    function drawLine(made, place) {
      const row = sheet.rows.shown(place);
      if (made.place !== place) {
        made.place = place;
        made.style.transform = 'translateY(' + place * HEIGHT + 'px)';
        made.setAttribute('aria-rowindex', place + 2);
      }
      const cells = made.children;
      drawNumber(cells[0], row, place, row ? grid.stateOf(row) : 'blank');
      made.classList.toggle('is-leaving', Boolean(row && row.withdraw));
      for (let at = 0; at < sheet.columns.length; at += 1) {
        const cell = cells[at + 1];
        const text = row ? grid.cell(row, sheet.columns[at]) : '';
        const look_ = look(row, place, sheet.columns[at], at);
        if (cell.seen !== look_) { cell.className = look_; cell.seen = look_; }
        if (cell.textContent !== text) cell.textContent = text;
      }
    }

    function paint() {
      const size = sheet.rows.size();
      body.style.height = size * HEIGHT + 'px';
      frame.setAttribute('aria-rowcount', size + 1);
      const first = Math.max(0, Math.floor(frame.scrollTop / HEIGHT) - SPARE);
      for (let place = first; place < first + pool.length; place += 1) {
        const made = pool[place % pool.length];
        made.hidden = place >= size;
        if (place < size) drawLine(made, place);
      }
      putEntry();
    }

    function soon() {
      if (waiting) return;
      waiting = true;
      window.requestAnimationFrame(function () { waiting = false; paint(); });
    }

    /* Where a cell lies inside the stage (the box around the scroller). */
    function box(place, column) {
      const left = lefts[column] - (column < frozen ? 0 : frame.scrollLeft);
      return { left: left, top: head.offsetHeight + place * HEIGHT - frame.scrollTop, width: widths[column] };
    }

    function putEntry() {
      const at = sheet.cursor.active();
      const where = box(at.row, at.column);
      const edge = at.column < frozen ? HEADER : lefts[frozen];
      const out = where.top < head.offsetHeight || where.top > frame.clientHeight - HEIGHT || where.left < edge - 1 && at.column >= frozen || where.left > frame.clientWidth - 12;
      entry.classList.toggle('is-out', out && !sheet.entry.isEditing());
      const width = Math.min(Math.max(where.width, sheet.entry.isEditing() ? sheet.entry.width() : 0), Math.max(where.width, frame.clientWidth - where.left));
      put(entry, Math.max(0, where.left), Math.max(0, Math.min(where.top, frame.clientHeight - HEIGHT)), width);
      const row = pool[at.row % pool.length];
      const cell = row && row.place === at.row ? row.children[at.column + 1] : null;
      const active = body.querySelector('#grid-active');
      if (active !== cell) {
        if (active) active.removeAttribute('id');
        if (cell) cell.id = 'grid-active';
      }
    }

    function put(thing, left, top, width) {
      thing.style.left = left + 'px';
      thing.style.top = top + 'px';
      if (width) thing.style.width = width + 'px';
    }

    function reveal(place, column) {
      const top = place * HEIGHT;
      const high = frame.clientHeight - head.offsetHeight;
      if (top < frame.scrollTop) frame.scrollTop = top;
      else if (top + HEIGHT > frame.scrollTop + high) frame.scrollTop = top + HEIGHT - high;
      if (column < frozen) return;
      const wide = frame.clientWidth - lefts[frozen];
      const left = lefts[column] - lefts[frozen];
      if (left < frame.scrollLeft) frame.scrollLeft = left;
      else if (left + widths[column] > frame.scrollLeft + wide) frame.scrollLeft = Math.min(left, left + widths[column] - wide);
    }

    function setWidth(column, width) {
      widths[column] = Math.max(40, Math.min(600, Math.round(width)));
      measure();
      soon();
      const kept = keptWidths();
      kept[sheet.columns[column].name] = widths[column];
      window.localStorage.setItem('grid-widths', JSON.stringify(kept));
    }

    function fitted(column) {
      const longest = sheet.rows.all().reduce(function (most, row) {
        return Math.max(most, Array.from(grid.cell(row, sheet.columns[column])).reduce(function (sum, letter) { return sum + (letter > '⺀' ? 14 : 8); }, 0));
      }, 40);
      return longest + 20;
    }

    function begin() {
      sheet.root.style.setProperty('--from', Math.round(sheet.root.getBoundingClientRect().top + window.pageYOffset) + 'px');
      const kept = keptWidths();
      widths = sheet.columns.map(function (column) { return kept[column.name] || (column.name === 'name' ? 88 : WIDTHS[column.kind] || 120); });
      frame.setAttribute('aria-colcount', sheet.columns.length + 1);
      drawHead();
      measure();
      fillPool();
      frame.addEventListener('scroll', paint);
      window.addEventListener('resize', function () { fillPool(); soon(); });
      sheet.on('written', soon);
      sheet.on('arranged', function () { drawOrder(); soon(); });
      sheet.on('told', soon);
    }

    return {
      begin: begin, paint: paint, soon: soon, box: box, put: put, reveal: reveal, setWidth: setWidth,
      fit: function (column) { setWidth(column, fitted(column)); },
      width: function (column) { return widths[column]; },
      page: function () { return Math.max(1, Math.floor((frame.clientHeight - head.offsetHeight) / HEIGHT) - 1); },
      freeze: function (count) { frozen = count; measure(); soon(); },
      frozen: function () { return frozen; },
      height: HEIGHT,
    };
  };
}());
