/* One textarea lies over the active cell and always has the focus, so that an input method composes straight into the
   cell and copy and paste arrive here. It is clear until something is typed. */
(function () {
  'use strict';
  const grid = window.portal.grid;

  grid.entry = function (sheet) {
    const field = sheet.part('entry');
    let editing = false;
    let byTyping = false;
    let composing = false;

    function focus() { field.focus({ preventScroll: true }); }

    function begin(text, typed) {
      const column = sheet.cursor.column();
      if (sheet.isMatrix && !sheet.cursor.row()) { clear(); return; }
      if (column.fixed || sheet.isClosed()) { clear(); sheet.tell(sheet.isClosed() ? sheet.closed.sentence : sheet.words.fixed); return; }
      editing = true;
      byTyping = typed;
      if (!typed) field.value = text;
      field.classList.add('is-editing');
      sheet.view.reveal(sheet.cursor.active().row, sheet.cursor.active().column);
      sheet.view.paint();
      sheet.choices.follow(column, field.value);
    }

    function clear() {
      editing = false;
      field.value = '';
      field.classList.remove('is-editing');
      sheet.choices.close();
      sheet.view.soon();
    }

    function open() {
      const column = sheet.cursor.column();
      const row = sheet.cursor.row();
      const text = (row && row.cells[column.name]) || '';
      begin(text.indexOf('*') >= 0 ? '' : text, false);
      if (editing) field.setSelectionRange(field.value.length, field.value.length);
    }

    /* Write what was typed; returns false when nothing was being typed. */
    function commit() {
      if (!editing) return false;
      const column = sheet.cursor.column();
      const value = sheet.choices.chosen(column, field.value.replace(/\s*\n\s*/g, ' ').trim());
      const row = sheet.rows.reach(sheet.cursor.active().row);
      const unchanged = !field.value && (row.cells[column.name] || '').indexOf('*') >= 0 && !byTyping;
      clear();
      if (!unchanged) sheet.history.act([{ row: row, column: column.name, value: value }]);
      return true;
    }

    function fillRange() {
      const value = sheet.choices.chosen(sheet.cursor.column(), field.value.trim());
      clear();
      sheet.filling.range(value);
    }

    /* Keys while a cell is being typed. Arrows leave the cell only where typing began it, as in Excel. */
    function whileEditing(event) {
      if (sheet.choices.key(event)) return true;
      if (event.key === 'Escape') { clear(); return true; }
      if (event.key === 'Enter' && event.ctrlKey) { fillRange(); return true; }
      if (event.key === 'F2') { byTyping = !byTyping; return true; }
      const leaves = event.key === 'Enter' || event.key === 'Tab' || byTyping && /^(Arrow|Page|Home|End)/.test(event.key);
      if (!leaves) return false;
      commit();
      return sheet.cursor.key(event);
    }

    const WITH_CTRL = {
      a: function () { sheet.cursor.all(); },
      d: function () { sheet.filling.down(); },
      f: function () { sheet.finding.open(); },
      y: function () { sheet.history.redo(); },
      z: function (event) { if (event.shiftKey) sheet.history.redo(); else sheet.history.undo(); },
      ';': function () { if (!sheet.isMatrix) begin(sheet.today, false); },
      '-': function () { sheet.filling.removeRows(); },
    };
    const PLAIN = {
      F2: open,
      F8: function () { sheet.judging.next(); },
      F6: function () { sheet.part('toolbar').querySelector('button, a, select, input').focus(); },
      Delete: function () { sheet.filling.clear(); },
      Backspace: function () { begin('', false); byTyping = true; },
      Escape: function () { sheet.clipboard.forget(); },
    };

    function whileMoving(event) {
      if (event.altKey && event.key === 'ArrowDown') { open(); sheet.choices.follow(sheet.cursor.column(), '', true); return true; }
      const name = event.key.toLowerCase();
      /* The browser sends copy and cut only for a field with something selected. */
      if (event.ctrlKey && (name === 'c' || name === 'x')) { field.value = ' '; field.select(); return false; }
      if (sheet.isMatrix && sheet.matrix.key(event)) return true;
      const act = event.ctrlKey ? WITH_CTRL[name] : event.altKey ? null : PLAIN[event.key];
      if (!act) return sheet.cursor.key(event);
      act(event);
      return true;
    }

    field.addEventListener('keydown', function (event) {
      if (event.isComposing || composing || event.keyCode === 229 || event.metaKey) return;
      if (editing ? whileEditing(event) : whileMoving(event)) event.preventDefault();
    });
    field.addEventListener('keyup', function () { if (!editing && !composing) field.value = ''; });
    field.addEventListener('compositionstart', function () {
      composing = true;
      if (!editing) { field.value = ''; begin('', true); }
    });
    field.addEventListener('compositionend', function () {
      composing = false;
      if (editing) sheet.choices.follow(sheet.cursor.column(), field.value);
    });
    field.addEventListener('input', function () {
      if (!editing) begin('', true);
      else if (!composing) sheet.choices.follow(sheet.cursor.column(), field.value);
      sheet.view.soon();
      sheet.emit('typing', field.value);
    });
    field.addEventListener('blur', function () { window.setTimeout(function () { if (document.activeElement !== field && document.hasFocus()) commit(); }); });
    sheet.on('moved', function () { if (!editing) field.value = ''; });

    return {
      focus: focus, open: open, commit: commit, clear: clear,
      isEditing: function () { return editing; },
      write: function (text) { field.value = text; commit(); },
      width: function () { return Array.from(field.value).reduce(function (sum, letter) { return sum + (letter > '⺀' ? 15 : 9); }, 24); },
    };
  };
}());
