/* The frame of every page: sidebar, notices, confirmation, keyboard. Chrome 86: ES2017 and no eval. */
(function () {
  'use strict';
  const root = document.documentElement;
  const toast = document.getElementById('toast');

  /* Says a sentence at the lower right; `kind` names it, so that it can be taken back. */
  function say(text, kind) {
    toast.querySelector('span').textContent = text;
    toast.dataset.kind = kind || '';
    toast.hidden = false;
  }

  function unsay(kind) {
    if (toast.dataset.kind === kind) toast.hidden = true;
  }

  window.portal = { say: say, unsay: unsay, sentences: toast ? toast.dataset : {} };

  const sidebar = document.getElementById('sidebar');
  const toggle = document.querySelector('[data-sidebar]');
  const narrow = window.matchMedia('(max-width: 991.98px)');

  function sidebarShown() {
    return narrow.matches ? sidebar.classList.contains('is-open') : !root.classList.contains('sidebar-closed');
  }

  function tellSidebar() {
    toggle.setAttribute('aria-expanded', String(sidebarShown()));
  }

  function switchSidebar() {
    if (narrow.matches) {
      if (sidebar.classList.toggle('is-open')) sidebar.querySelector('a').focus();
    } else {
      const closed = root.classList.toggle('sidebar-closed');
      document.cookie = 'sidebar=' + (closed ? 'closed' : 'open') + ';path=/;max-age=31536000;samesite=lax';
    }
    tellSidebar();
  }

  if (sidebar && toggle) {
    toggle.addEventListener('click', switchSidebar);
    narrow.addEventListener('change', tellSidebar);
    tellSidebar();
  }

  /* Asks before a form with data-confirm is sent. The dialog is the browser's own. */
  const confirmBox = document.getElementById('confirm');
  let asking = null;

  function ask(form, submitter) {
    const yes = confirmBox.querySelector('[value=yes]');
    asking = { form: form, submitter: submitter };
    document.getElementById('confirm-text').textContent = form.dataset.confirm;
    yes.textContent = form.dataset.confirmButton || confirmBox.dataset.label;
    yes.className = 'btn btn-' + ('confirmDanger' in form.dataset ? 'danger' : 'primary');
    confirmBox.returnValue = '';
    confirmBox.showModal();
  }

  function answered() {
    const asked = asking;
    asking = null;
    if (confirmBox.returnValue !== 'yes' || !asked) return;
    asked.form.dataset.confirmed = '';
    if (asked.form.requestSubmit) asked.form.requestSubmit(asked.submitter || undefined);
    else asked.form.submit();
  }

  document.addEventListener('submit', function (event) {
    const form = event.target;
    if (!form.dataset.confirm || !confirmBox.showModal) return;
    if ('confirmed' in form.dataset) { delete form.dataset.confirmed; return; }
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(form, event.submitter);
  }, true);
  if (confirmBox) confirmBox.addEventListener('close', answered);

  document.addEventListener('click', function (event) {
    const close = event.target.closest('[data-dismiss]');
    if (close && toast.contains(close)) toast.hidden = true;
    else if (close) close.closest('.notice').remove();
    if (event.target.closest('[data-back]')) window.history.back();
    if (sidebar && narrow.matches && !event.target.closest('#sidebar, [data-sidebar]') && sidebarShown()) switchSidebar();
  });

  /* Chinese input methods send the full-width forms of both keys. */
  document.addEventListener('keydown', function (event) {
    if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === 'Escape' && sidebar && narrow.matches && sidebarShown()) { switchSidebar(); toggle.focus(); return; }
    if (event.target.closest('input, select, textarea, dialog, [contenteditable]')) return;
    if (event.key === '/' || event.key === '、') {
      const search = document.querySelector('[data-search], .filters input[type=search], .filters input[type=text]');
      if (search) { event.preventDefault(); search.focus(); search.select(); }
    } else if (event.key === '?' || event.key === '？') {
      document.getElementById('shortcuts').showModal();
    }
  });
}());
