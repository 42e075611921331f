/* Matching columns: a heading is dragged onto a column instead of choosing from its list. */
(function () {
  'use strict';
  let dragged = null;

  function choices(layout) { return Array.from(layout.querySelectorAll('[data-column-choice]')); }

  /* A column is taken once: who has it now gives it up. */
  function choose(layout, select, column) {
    choices(layout).forEach(function (other) { if (other.value === column) other.value = ''; });
    select.value = column;
    show(layout);
    select.focus();
  }

  function show(layout) {
    const taken = choices(layout).map(function (select) { return select.value; });
    layout.querySelectorAll('[data-column]').forEach(function (target) {
      const names = [target.dataset.column].concat(target.dataset.heldBy.split(' '));
      target.classList.toggle('is-taken', names.some(function (name) { return name && taken.includes(name); }));
    });
  }

  function receive(layout, target) {
    target.addEventListener('dragover', function (event) {
      if (!dragged || !layout.contains(dragged)) return;
      event.preventDefault();
      target.classList.add('is-over');
    });
    target.addEventListener('dragleave', function () { target.classList.remove('is-over'); });
    target.addEventListener('drop', function (event) {
      event.preventDefault();
      target.classList.remove('is-over');
      if (dragged && layout.contains(dragged)) choose(layout, dragged.querySelector('[data-column-choice]'), target.dataset.column);
    });
  }

  function give(row) {
    const heading = row.querySelector('th');
    heading.draggable = true;
    heading.addEventListener('dragstart', function (event) {
      dragged = row;
      event.dataTransfer.effectAllowed = 'link';
      event.dataTransfer.setData('text/plain', heading.textContent);
    });
    heading.addEventListener('dragend', function () { dragged = null; });
  }

  function prepare(layout) {
    if (layout.dataset.layout === 'ready') return;
    layout.dataset.layout = 'ready';
    layout.querySelectorAll('[data-targets]').forEach(function (targets) { targets.hidden = false; });
    layout.querySelectorAll('[data-heading]').forEach(give);
    layout.querySelectorAll('[data-column]').forEach(function (target) { receive(layout, target); });
    layout.addEventListener('change', function () { show(layout); });
    show(layout);
  }

  function prepareAll() { document.querySelectorAll('[data-layout]').forEach(prepare); }

  /* The form also comes in as the next stage of an import's page. */
  document.body.addEventListener('htmx:afterSettle', prepareAll);
  prepareAll();
}());
