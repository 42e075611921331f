/* Puts the grid together: the columns, the rows, what this browser still keeps, and what others write meanwhile. */
(function () {
  'use strict';
  const POLL = 20000;
  const grid = window.portal.grid;
  const root = document.querySelector('[data-grid]');
  if (!root) return;

  const heard = grid.events();
  const sheet = {
    root: root, on: heard.on, emit: heard.emit, acts: {}, columns: [], places: [], closed: null, words: {},
    region: root.dataset.region, program: root.dataset.program, today: root.dataset.today,
    month: root.dataset.month || '', ofClass: root.dataset['class'] ? Number(root.dataset['class']) : null,
    user: document.body.dataset.user, isMatrix: root.dataset.matrix !== undefined,
  };
  /* Whose rows they are: what each sending says. The door of a matrix is that of its class already. */
  sheet.whose = sheet.isMatrix ? {} : { region: sheet.region, program: sheet.program, 'class': sheet.ofClass, month: sheet.month };
  sheet.name = [sheet.region, sheet.isMatrix ? 'roll-' + sheet.ofClass : sheet.ofClass ? 'class-' + sheet.ofClass : sheet.month, sheet.program].join('/');
  sheet.part = function (name) { return root.querySelector('[data-part="' + name + '"]'); };
  sheet.isClosed = function () { return sheet.closed !== null; };
  root.querySelectorAll('[data-word]').forEach(function (word) { sheet.words[word.dataset.word] = word.textContent; });
  sheet.text = function (name, values) {
    return Object.keys(values).reduce(function (text, key) { return text.split('{' + key + '}').join(values[key]); }, sheet.words[name]);
  };

  let hush = 0;
  sheet.tell = function (text) {
    sheet.part('told').textContent = text;
    window.clearTimeout(hush);
    hush = window.setTimeout(function () { sheet.part('told').textContent = ''; }, 12000);
  };

  sheet.ask = function (text, act) {
    const dialog = sheet.part('ask');
    dialog.querySelector('p').textContent = text;
    dialog.returnValue = '';
    dialog.querySelector('input').value = '';
    dialog.onclose = function () {
      if (dialog.returnValue === 'yes') act(dialog.querySelector('input').value.trim());
      sheet.entry.focus();
    };
    dialog.showModal();
  };

  ['rows', 'history', 'view', 'cursor', 'entry', 'choices', 'clipboard', 'filling', 'finding', 'judging', 'outbox', 'sending', 'conflicts', 'numbers', 'matrix'].forEach(function (name) {
    sheet.api = sheet.api || grid.api(sheet);
    sheet[name] = grid[name] ? grid[name](sheet) : null;
  });

  function query(asked) {
    return '?' + Object.keys(asked).filter(function (key) { return asked[key] !== ''; }).map(function (key) { return key + '=' + encodeURIComponent(asked[key]); }).join('&');
  }

  let seen = 0;
  let next = 0;
  const drafts = [];
  const rows = [];

  function load(after) {
    const whose = { region: sheet.region, month: sheet.month, 'class': sheet.ofClass || '', program: sheet.ofClass ? '' : sheet.program, after: after };
    return sheet.api.get(query(sheet.isMatrix ? {} : whose));
  }

  function take(page) {
    page.rows.forEach(function (row) { rows.push(grid.make({ id: row.id, version: row.version, entered: row.client, base: row.cells, known: row.cells, cells: Object.assign({}, row.cells), findings: row.findings })); });
    (page.drafts || []).forEach(function (draft) { drafts.push(draft); });
    seen = Math.max(seen, page.change || 0);
    sheet.closed = page.closed || sheet.closed;
    return page.next ? load(page.next).then(take) : null;
  }

  function addDrafts() {
    const byId = new Map(rows.map(function (row) { return [row.id, row]; }));
    drafts.forEach(function (draft) {
      const of = draft.id ? byId.get(draft.id) : null;
      const known = { client: draft.client, held: true, findings: draft.findings, cells: Object.assign({}, draft.cells), known: draft.cells };
      if (of) Object.assign(of, known, { version: draft.row_version || of.version, cells: Object.assign({}, of.base, draft.cells), known: Object.assign({}, of.base, draft.cells) });
      else rows.push(grid.make(Object.assign(known, { version: draft.version })));
    });
  }

  /* What this browser still keeps lies over what the server has; a draft it has meanwhile is the same row, and so is the
     row that the ledger has under the name that it was sent by. */
  function addKept(records) {
    const byId = new Map(rows.filter(function (row) { return row.id !== null; }).map(function (row) { return [row.id, row]; }));
    const byClient = new Map(rows.map(function (row) { return [row.entered || row.client, row]; }));
    records.forEach(function (record) {
      const known = Object.assign({}, record);
      delete known.grid;
      delete known.at;
      const row = byClient.get(record.client) || (record.id !== null && byId.get(record.id));
      if (row) Object.assign(row, known);
      else rows.push(grid.make(known));
    });
    rows.forEach(sheet.rows.settle);
  }

  function poll() {
    window.clearTimeout(next);
    next = window.setTimeout(poll, POLL);
    if (document.hidden || sheet.sending.trouble()) return;
    sheet.api.get('changes/' + query(sheet.isMatrix ? { since: seen } : { region: sheet.region, since: seen })).then(function (answer) {
      seen = answer.change;
      sheet.conflicts.meet(answer.changes);
      if (answer.more) poll();
    }).catch(function () { /* The next time will do. */ });
  }

  /* Rows that wait in this browser for another month or class are sent when that one is opened. */
  function showOthers(waiting) {
    const notice = sheet.part('others');
    waiting.forEach(function (other) {
      const parts = other.name.split('/');
      const of = /^(class|roll)-(\d+)$/.exec(parts[1]);
      const link = grid.element('a', '', sheet.text('of-others', { what: of ? '#' + of[2] : parts[1], n: other.rows }));
      link.href = of ? root.dataset[of[1] + 'Url'].replace('/0/', '/' + of[2] + '/') : root.dataset.monthUrl + query({ region: parts[0], month: parts[1], program: parts[2] });
      notice.querySelector('.notice-text').appendChild(link);
    });
    notice.hidden = !waiting.length;
  }

  function begin(records) {
    addDrafts();
    addKept(records);
    sheet.rows.put(rows);
    root.querySelector('[data-part=loading]').hidden = true;
    sheet.view.begin();
    sheet.view.paint();
    sheet.part('closed').hidden = !sheet.isClosed();
    if (sheet.isClosed()) sheet.part('closed').querySelector('span').textContent = sheet.closed.sentence;
    sheet.cursor.go(0, sheet.isMatrix ? sheet.matrix.first() : 0);
    sheet.entry.focus();
    sheet.numbers.show();
    sheet.outbox.others().then(showOthers);
    root.dataset.ready = '';
    sheet.sending.go(true);
    next = window.setTimeout(poll, POLL);
  }

  root.addEventListener('click', function (event) {
    const button = event.target.closest('[data-act]');
    if (!button || !sheet.acts[button.dataset.act]) return;
    sheet.entry.commit();
    sheet.acts[button.dataset.act](button);
    if (document.activeElement === button) sheet.entry.focus();
  });
  sheet.acts.undo = sheet.history.undo;
  sheet.acts.redo = sheet.history.redo;
  sheet.acts.find = sheet.finding.open;
  sheet.acts.remove = sheet.filling.removeRows;
  sheet.acts.keys = function () { sheet.part('keys').showModal(); };

  if (root.dataset.readonly !== undefined) sheet.closed = { sentence: sheet.words['only-seen'] };
  sheet.api.get('columns/' + query(sheet.isMatrix ? {} : { region: sheet.region })).then(function (answer) {
    sheet.columns = sheet.isMatrix ? sheet.matrix.columns(answer) : answer.columns;
    /* The class's own columns are free where rows of many classes stand. */
    sheet.columns.forEach(function (column) { column.fixed = column.fixed && sheet.ofClass !== null; });
    sheet.places = answer.places || [];
    return Promise.all([load('').then(take), sheet.outbox.restore()]);
  }).then(function (found) { begin(found[1]); }).catch(function (error) {
    sheet.part('loading').textContent = error.message || sheet.words['not-loaded'];
  });
}());
