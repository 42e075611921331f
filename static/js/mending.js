/* Mending held rows: Enter saves, and the next row that waits is at hand. */
(function () {
  'use strict';
  const body = document.body;
  let sent = null;

  function firstField(row) { return row.querySelector('[data-mend] [aria-invalid], [data-mend] input:not([type=hidden]), [data-mend] select'); }

  function nextField(row) {
    let next = row.nextElementSibling;
    while (next && !(next.dataset.row === 'held' && firstField(next))) next = next.nextElementSibling;
    return next && firstField(next);
  }

  body.addEventListener('htmx:beforeRequest', function (event) {
    const form = event.detail.elt.closest('[data-mend]');
    if (form) sent = form.closest('tr').id;
  });

  /* A row in order leads to the next one; a row that is not keeps the cursor. */
  body.addEventListener('htmx:afterSettle', function () {
    const row = sent && document.getElementById(sent);
    sent = null;
    if (!row) return;
    const settled = row.dataset.row === 'mended' || row.dataset.row === 'left-out';
    const field = settled ? nextField(row) : firstField(row);
    const live = document.getElementById('live');
    if (live) live.textContent = row.lastElementChild.textContent.trim();
    if (field) field.focus();
  });
}());
