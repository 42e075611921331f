/* What htmx cannot say by itself: a dead network, a refusal, an ended session, a job's new phase. */
(function () {
  'use strict';
  const body = document.body;
  const sentences = window.portal.sentences;

  function sentenceFor(status) {
    if (status === 401 || status === 403) return sentences.denied;
    if (status === 404 || status === 410) return sentences.missing;
    if (status === 503 || status === 504) return sentences.down;
    return status >= 500 ? sentences.server : sentences.refused;
  }

  body.addEventListener('htmx:sendError', function () { window.portal.say(sentences.offline, 'offline'); });

  body.addEventListener('htmx:responseError', function (event) {
    const answer = event.detail.xhr;
    const number = answer.getResponseHeader('X-Request-ID');
    const text = sentenceFor(answer.status);
    window.portal.say(text === sentences.server ? text + ' ' + (number || answer.status) : text, 'offline');
  });

  /* A session that ended answers a fragment with the sign-in page: load that as a whole. */
  body.addEventListener('htmx:beforeSwap', function (event) {
    const answer = event.detail.xhr;
    if (answer.status < 400) window.portal.unsay('offline');
    if (answer.status === 200 && /^\s*<!doctype/i.test(answer.responseText)) {
      event.detail.shouldSwap = false;
      window.location.reload();
    }
  });

  /* Read out a job's phase when it changes, not every second. */
  body.addEventListener('htmx:afterSwap', function (event) {
    const phase = event.target.querySelector && event.target.querySelector('[data-announce]');
    const live = document.getElementById('live');
    if (phase && live.textContent !== phase.textContent) live.textContent = phase.textContent;
  });
}());
