/* Type-ahead: a cell's words by part of the word, by the initials of their pinyin, by code; and what a date or a number
   will be read as, shown before it is written. */
(function () {
  'use strict';
  const MOST = 8;
  const grid = window.portal.grid;

  /* Full-width digits and signs as the input method leaves them. */
  function narrow(text) {
    return text.replace(/[！-～]/g, function (sign) { return String.fromCharCode(sign.charCodeAt(0) - 0xFEE0); }).replace(/　/g, ' ');
  }

  function two(text) { return ('0' + text).slice(-2); }

  /* 20190604, 2019.6.4, 2019年6月4日 -> 2019-06-04; anything that is no day stays as it was typed. */
  function day(text) {
    const found = /^(\d{4})(?:(\d{2})(\d{2})|\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?)$/.exec(narrow(text).trim());
    if (!found) return text;
    const iso = found[1] + '-' + two(found[2] || found[4]) + '-' + two(found[3] || found[5]);
    const made = new Date(iso + 'T00:00:00Z');
    return !isNaN(made) && made.toISOString().slice(0, 10) === iso ? iso : text;
  }

  const READ = {
    date: day,
    id: function (text) { return narrow(text).replace(/\s/g, '').toUpperCase(); },
    phone: function (text) { return narrow(text).replace(/[\s-]/g, ''); },
    number: function (text) { return narrow(text).trim(); },
    mark: function (text, column) { return column.marks.get(narrow(text).trim().toLowerCase()) || text; },
  };
  grid.read = function (column, text) { return READ[column.kind] ? READ[column.kind](text, column) : text; };

  grid.choices = function (sheet) {
    const list = sheet.part('choices');
    let offered = [];
    let marked = -1;
    let ofColumn = null;

    /* [word, initials, note, also fills] of a column; villages follow the row's township. */
    function wordsOf(column) {
      if (column.kind === 'village') {
        const row = sheet.cursor.row();
        const township = (row && row.cells.township) || '';
        const inside = sheet.places.filter(function (place) { return place[1] && (!township || place[0] === township); });
        return inside.map(function (place) { return [place[1], place[3], place[0], place[2]]; });
      }
      if (column.kind === 'township') {
        const once = new Map(sheet.places.map(function (place) { return [place[0], place]; }));
        return Array.from(once.values()).map(function (place) { return [place[0], place[4] || '', '', '']; });
      }
      return (column.choices || []).map(function (choice) { return [choice[0], choice[1] || '', '', '']; });
    }

    function rank(word, typed) {
      const lower = typed.toLowerCase();
      if (word[0] === typed) return 0;
      if (word[0].indexOf(typed) === 0) return 1;
      if (word[1].toLowerCase().indexOf(lower) === 0) return 2;
      if (word[0].indexOf(typed) > 0) return 3;
      if (/^\d{3,}$/.test(typed) && word[3].indexOf(typed) >= 0) return 4;
      return word[1].toLowerCase().indexOf(lower) > 0 ? 5 : -1;
    }

    function matching(column, typed) {
      const words = wordsOf(column);
      if (!typed) return words;
      return words.map(function (word, at) { return { word: word, rank: rank(word, typed), at: at }; })
        .filter(function (found) { return found.rank >= 0; })
        .sort(function (one, other) { return one.rank - other.rank || one.at - other.at; })
        .map(function (found) { return found.word; });
    }

    function close() {
      list.hidden = true;
      offered = [];
      marked = -1;
    }

    function mark(next) {
      marked = next;
      Array.from(list.children).forEach(function (item, at) {
        item.setAttribute('aria-selected', String(at === marked));
        if (at === marked) item.scrollIntoView({ block: 'nearest' });
      });
    }

    function draw() {
      list.textContent = '';
      offered.forEach(function (word, at) {
        const item = grid.element('div', 'grid-choice', word[0]);
        item.setAttribute('role', 'option');
        if (word[2]) item.appendChild(grid.element('small', '', word[2]));
        if (word[1]) item.appendChild(grid.element('small', 'grid-initials', word[1].toLowerCase()));
        item.addEventListener('mousedown', function (event) { event.preventDefault(); marked = at; sheet.entry.commit(); });
        list.appendChild(item);
      });
    }

    function place() {
      const at = sheet.cursor.active();
      const box = sheet.view.box(at.row, at.column);
      list.hidden = false;
      const high = list.offsetHeight;
      const room = sheet.part('frame').clientHeight - box.top - sheet.view.height;
      sheet.view.put(list, Math.max(0, box.left), room < high && box.top > high ? box.top - high : box.top + sheet.view.height, 0);
    }

    /* Offer what fits to what is being typed. */
    function follow(column, typed, asked) {
      ofColumn = column;
      const text = typed.trim();
      const read = grid.read(column, text);
      offered = text || asked ? matching(column, text).slice(0, asked ? 400 : MOST) : [];
      if (!offered.length && read !== text) offered = [[read, '', '', '']];
      if (!offered.length) return close();
      draw();
      place();
      const initials = /^[a-z]+$/i.test(text);
      /* A text may be another one than those offered: only initials choose for it. */
      const sure = initials || read !== text || column.kind !== 'text' && (offered[0][0].indexOf(text) === 0 || /^\d+$/.test(text));
      return mark(text && sure ? 0 : -1);
    }

    function key(event) {
      if (list.hidden) return false;
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        const step = event.key === 'ArrowDown' ? 1 : -1;
        mark((marked + step + offered.length + (marked < 0 && step < 0 ? 1 : 0)) % offered.length);
        return true;
      }
      if (event.key === 'Escape') { close(); return true; }
      return false;
    }

    return {
      follow: follow, key: key, close: close,
      /* What to write: the marked word, or what was typed as it will be read. */
      chosen: function (column, text) {
        if (!list.hidden && marked >= 0 && column === ofColumn) return offered[marked][0];
        return grid.read(column, text);
      },
    };
  };
}());
