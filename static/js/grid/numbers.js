/* The three numbers that must agree, and what is not yet sent. shown = saved + to be mended + not yet sent. */
(function () {
  'use strict';
  const grid = window.portal.grid;

  grid.numbers = function (sheet) {
    const notice = sheet.part('trouble');
    let counts = { unsent: 0 };
    let waiting = false;

    function write(name, count) {
      const place = sheet.root.querySelector('[data-number="' + name + '"]');
      place.querySelector('b').textContent = count.toLocaleString('en-US');
      if (name === 'unsent' || name === 'held' || name === 'trouble') place.classList.toggle('is-some', count > 0);
    }

    function show() {
      waiting = false;
      counts = sheet.rows.count();
      write('pasted', sheet.clipboard.pasted());
      ['shown', 'saved', 'held', 'unsent', 'trouble'].forEach(function (name) { write(name, counts[name]); });
      askBeforeLogOut();
    }

    function askBeforeLogOut() {
      document.querySelectorAll('form[data-logout]').forEach(function (form) {
        if (counts.unsent) form.dataset.confirm = sheet.text('log-out', { n: counts.unsent });
        else delete form.dataset.confirm;
      });
    }

    function soon() {
      if (waiting) return;
      waiting = true;
      window.setTimeout(show);
    }
    ['written', 'arranged', 'told', 'pasted', 'sending'].forEach(function (name) { sheet.on(name, soon); });

    sheet.on('sending', function (kind) {
      const text = sheet.words['trouble-' + kind] || '';
      notice.hidden = !text;
      notice.querySelector('span').textContent = text;
      notice.querySelector('a').hidden = kind !== 'signed-out';
    });

    /* The page may go: what waits is kept in this browser. Yet nobody should be surprised. */
    window.addEventListener('beforeunload', function (event) {
      sheet.entry.commit();
      if (!sheet.rows.count().unsent) return;
      event.preventDefault();
      event.returnValue = '';
    });

    return { show: show };
  };
}());
