/* A row that somebody else wrote meanwhile: what it was, mine and theirs side by side; taken cell by cell. */
(function () {
  'use strict';
  const grid = window.portal.grid;

  grid.conflicts = function (sheet) {
    const dialog = sheet.part('conflict');
    const table = dialog.querySelector('tbody');
    const told = dialog.querySelector('[data-told]');
    const whose = dialog.querySelector('[data-whose]');
    let row = null;

    function placeOf(name) { return sheet.columns.findIndex(function (candidate) { return candidate.name === name; }); }

    function title(name) {
      const column = sheet.columns[placeOf(name)];
      return column ? column.title : name;
    }

    function time(at) {
      return at ? new Date(at).toLocaleString(document.documentElement.lang, { dateStyle: 'medium', timeStyle: 'short' }) : '';
    }

    function choice(name, whose, text, checked) {
      const label = grid.element('label', '', '');
      const input = document.createElement('input');
      input.type = 'radio';
      input.name = 'take-' + name;
      input.value = whose;
      input.checked = checked;
      label.appendChild(input);
      label.appendChild(document.createTextNode(' ' + (text || sheet.words.empty)));
      return label;
    }

    /* A number in full and the same number masked. */
    function alike(one, other) {
      const hidden = one.indexOf('*') >= 0 ? one : other;
      const whole = hidden === one ? other : one;
      return one === other || hidden.indexOf('*') >= 0 && hidden.length === whole.length && Array.from(hidden).every(function (sign, at) { return sign === '*' || sign === whole[at]; });
    }

    /* Columns that I changed, or they did, in the grid's order. */
    function disputed() {
      const mine = grid.differing(row.cells, row.base);
      const theirs = grid.differing(row.theirs.cells, row.base).filter(function (name) { return mine.indexOf(name) >= 0 || placeOf(name) >= 0; });
      return mine.concat(theirs.filter(function (name) { return mine.indexOf(name) < 0; }))
        .filter(function (name) { return !alike(row.cells[name] || '', row.theirs.cells[name] || ''); })
        .sort(function (one, other) { return placeOf(one) - placeOf(other); });
    }

    function open() {
      row = sheet.cursor.row();
      if (!row || !row.theirs || !row.trouble) return;
      table.textContent = '';
      disputed().forEach(function (name) {
        const line = table.insertRow();
        const iChanged = (row.cells[name] || '') !== (row.base[name] || '');
        line.insertCell().textContent = title(name);
        line.insertCell().textContent = row.base[name] || sheet.words.empty;
        line.insertCell().appendChild(choice(name, 'mine', row.cells[name], iChanged));
        line.insertCell().appendChild(choice(name, 'theirs', row.theirs.cells[name], !iChanged));
      });
      whose.textContent = sheet.text('row-of', { n: sheet.rows.place(row) + 1, name: row.cells.name || row.base.name || '' });
      told.textContent = sheet.text(row.trouble === 'gone' ? 'withdrawn-by' : 'written-by', { who: row.theirs.by || sheet.words.somebody, when: time(row.theirs.at) });
      dialog.showModal();
    }

    /* A row that is gone is left to them, or entered anew. */
    function takeGone() {
      const anew = !sheet.isMatrix && table.querySelector('input[value=mine]:checked');
      sheet.outbox.forget([row]);
      if (!anew) {
        sheet.history.forget([row]);
        sheet.rows.drop([row]);
        return;
      }
      Object.assign(row, { client: grid.name(), id: null, version: 0, base: {}, known: {}, held: false, trouble: '', theirs: null });
      sheet.rows.settle(row);
      sheet.emit('told', [row]);
      sheet.emit('stepped', [row]);
    }

    function take() {
      if (row.trouble === 'gone') { takeGone(); return; }
      const chosen = Object.assign({}, row.theirs.cells);
      table.querySelectorAll('input:checked').forEach(function (input) {
        const name = input.name.slice(5);
        if (input.value === 'mine') chosen[name] = row.cells[name];
      });
      row.base = Object.assign({}, row.base, row.theirs.cells);
      row.known = row.base;
      row.version = row.theirs.version;
      row.trouble = '';
      row.theirs = null;
      row.held = false;
      const edits = Object.keys(Object.assign({}, row.cells, chosen)).map(function (name) { return { row: row, column: name, value: chosen[name] || '' }; });
      sheet.history.act(edits);
      sheet.rows.settle(row);
      sheet.emit('told', [row]);
      sheet.emit('stepped', [row]);
    }

    dialog.addEventListener('close', function () {
      if (dialog.returnValue === 'take' && row && row.theirs) take();
      dialog.returnValue = '';
      sheet.entry.focus();
    });
    sheet.acts.settle = open;
    sheet.acts['next-conflict'] = function () {
      const found = sheet.rows.all().find(function (candidate) { return candidate.trouble !== ''; });
      if (!found) return;
      sheet.cursor.show(found, sheet.columns[0].name);
      open();
    };

    /* What others wrote since: into rows nobody touches here; against rows that wait, as a conflict shown early. */
    function meet(change) {
      const mine = sheet.rows.withId(change.id);
      if (!mine || change.version <= mine.version || mine.sent) return null;
      if (mine.dirty || mine.trouble) {
        mine.trouble = change.state === 'withdrawn' ? 'gone' : 'conflict';
        mine.theirs = { version: change.version, by: change.by, at: change.at, cells: Object.assign({}, mine.base, change.cells) };
      } else if (change.state === 'withdrawn') {
        sheet.history.forget([mine]);
        sheet.rows.drop([mine]);
        return null;
      } else {
        mine.base = Object.assign({}, mine.base, change.cells);
        mine.known = mine.base;
        mine.cells = Object.assign({}, mine.base);
        mine.version = change.version;
        mine.held = false;
      }
      return mine;
    }

    /* Rows that others entered are not put between those at work here; they are told. */
    function isNew(change) {
      return change.state !== 'withdrawn' && !sheet.rows.withId(change.id) && !sheet.ofClass && (change.cells.start_date || '').indexOf(sheet.month) === 0;
    }

    return {
      meet: function (changes) {
        const added = changes.filter(isNew).length;
        sheet.emit('told', changes.map(meet).filter(Boolean));
        if (added) sheet.tell(sheet.text('others-added', { n: added }));
      },
    };
  };
}());
