/* Forms: filters that send themselves, files by name and size, one send only, nothing typed is lost. */
(function () {
  'use strict';
  const body = document.body;
  const PREFIX = 'keep:';

  /* A filter is sent as soon as a choice or a date is made; text waits for Enter. */
  document.addEventListener('change', function (event) {
    const form = event.target.closest('form[data-autosubmit]');
    if (form && event.target.matches('select, input[type=checkbox], input[type=radio]')) form.requestSubmit ? form.requestSubmit() : form.submit();
  });

  /* Empty filters stay out of the address. */
  document.addEventListener('submit', function (event) {
    if (!event.target.matches('form[data-autosubmit]')) return;
    const empty = Array.from(event.target.elements).filter(function (field) { return field.name && !field.value; });
    empty.forEach(function (field) { field.disabled = true; });
    window.setTimeout(function () { empty.forEach(function (field) { field.disabled = false; }); });
  });

  function size(bytes) {
    return bytes < 1048576 ? Math.max(1, Math.round(bytes / 1024)) + ' KB' : (bytes / 1048576).toFixed(1) + ' MB';
  }

  function showChosen(drop) {
    const input = drop.querySelector('input[type=file]');
    const file = input.files[0];
    const tooLarge = file && Number(drop.dataset.maxBytes) < file.size;
    input.setCustomValidity(tooLarge ? drop.dataset.tooLarge : '');
    drop.classList.toggle('has-error', Boolean(tooLarge));
    drop.querySelector('.drop-chosen').textContent = file ? file.name + ' (' + size(file.size) + ')' + (tooLarge ? ' - ' + drop.dataset.tooLarge : '') : '';
  }

  /* The field itself, unseen, covers the zone: the browser takes the drop. */
  document.querySelectorAll('[data-drop]').forEach(function (drop) {
    drop.classList.add('is-live');
    ['dragover', 'dragleave', 'drop'].forEach(function (name) {
      drop.addEventListener(name, function () { drop.classList.toggle('is-over', name === 'dragover'); });
    });
    drop.addEventListener('change', function () { showChosen(drop); });
    showChosen(drop);
  });

  /* Two clicks are one act: the buttons rest until the answer is here. */
  document.addEventListener('submit', function (event) {
    const form = event.target;
    if (form.method !== 'post' || event.defaultPrevented) return;
    if (form.getAttribute('aria-busy') === 'true') { event.preventDefault(); return; }
    form.setAttribute('aria-busy', 'true');
  });
  window.addEventListener('pageshow', function () {
    document.querySelectorAll('form[aria-busy]').forEach(function (form) { form.removeAttribute('aria-busy'); });
  });

  /* Drafts of forms with data-keep="name": in this tab only, per user, until the portal has answered. */
  function key(form) { return PREFIX + body.dataset.user + ':' + form.dataset.keep; }
  function draft(name) { return JSON.parse(window.sessionStorage.getItem(name)); }
  function store(name, value) { window.sessionStorage.setItem(name, JSON.stringify(value)); }
  function drafts() { return Object.keys(window.sessionStorage).filter(function (name) { return name.startsWith(PREFIX); }); }
  function kept(form) {
    return Array.from(form.elements).filter(function (field) {
      return field.name && !['hidden', 'password', 'file', 'submit', 'button', 'fieldset'].includes(field.type) && !('keepNot' in field.dataset);
    });
  }

  function keep(form, sent) {
    const values = kept(form).map(function (field) { return [field.name, field.value, field.checked === true]; });
    store(key(form), { page: window.location.pathname, sent: sent, values: values });
  }

  function restore(form, values) {
    const fields = kept(form);
    if (fields.length !== values.length) return;
    let changed = false;
    fields.forEach(function (field, at) {
      const now = values[at];
      const toggles = field.type === 'checkbox' || field.type === 'radio';
      if (field.name !== now[0] || (toggles ? field.checked === now[2] : field.value === now[1])) return;
      if (toggles) field.checked = now[2]; else field.value = now[1];
      changed = true;
    });
    if (changed) window.portal.say(window.portal.sentences.restored, 'restored');
  }

  /* The portal has answered when the page that follows the form's is a normal one. */
  function isAnswered(old) {
    const entry = window.performance.getEntriesByType('navigation')[0];
    const from = document.referrer && new URL(document.referrer).pathname;
    return old.sent && from === old.page && (!entry || entry.type === 'navigate');
  }

  drafts().forEach(function (name) {
    const old = draft(name);
    if ('unanswered' in body.dataset) store(name, Object.assign(old, { sent: false }));
    else if (isAnswered(old)) window.sessionStorage.removeItem(name);
  });
  document.querySelectorAll('form[data-keep]').forEach(function (form) {
    const old = draft(key(form));
    if (old && old.page === window.location.pathname) restore(form, old.values);
    form.addEventListener('input', function () { keep(form, false); });
    form.addEventListener('submit', function () { keep(form, true); });
  });
  document.addEventListener('submit', function (event) {
    if ('logout' in event.target.dataset) drafts().forEach(function (name) { window.sessionStorage.removeItem(name); });
  });
}());
