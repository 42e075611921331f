/* The grid's door to the server. Trouble comes as an Error with a `kind`: offline, busy, signed-out, refused. */
(function () {
  'use strict';
  const LONGEST = 60000;
  const grid = window.portal.grid;

  function trouble(kind, message) {
    const error = new Error(message || '');
    error.kind = kind;
    return error;
  }

  grid.api = function (sheet) {
    const door = sheet.root.dataset.grid;
    let token = JSON.parse(document.body.getAttribute('hx-headers'))['X-CSRFToken'];

    /* After a new sign-in in another tab the token is another one; the page itself says it, and who is signed in. */
    function renew() {
      return fetch(window.location.href, { credentials: 'same-origin' }).then(function (answer) { return answer.text(); }).then(function (text) {
        const body = new DOMParser().parseFromString(text, 'text/html').body;
        if ((body.dataset.user || '') !== sheet.user) throw trouble('signed-out');
        token = JSON.parse(body.getAttribute('hx-headers'))['X-CSRFToken'];
      });
    }

    function send(path, options) {
      const stop = new AbortController();
      const timer = window.setTimeout(function () { stop.abort(); }, LONGEST);
      return fetch(door + path, Object.assign({ credentials: 'same-origin', signal: stop.signal }, options))
        .catch(function () { throw trouble('offline'); })
        .finally(function () { window.clearTimeout(timer); });
    }

    function read(answer) {
      if (answer.ok) return answer.json().catch(function () { throw trouble('offline'); });
      if (answer.status === 401) throw trouble('signed-out');
      if (answer.status === 429 || answer.status >= 500) throw trouble('busy');
      return answer.json().catch(function () { return {}; }).then(function (said) {
        throw trouble('refused', said.detail || sheet.text('refused', { status: answer.status }));
      });
    }

    function post(path, body) {
      const options = function () {
        return { method: 'POST', headers: { 'Content-Type': 'application/json', 'X-CSRFToken': token }, body: JSON.stringify(body) };
      };
      return send(path, options()).then(function (answer) {
        if (answer.status !== 401 && answer.status !== 403) return read(answer);
        return renew().catch(function (error) { throw error.kind ? error : trouble('offline'); })
          .then(function () { return send(path, options()); }).then(read);
      });
    }

    return { get: function (path) { return send(path, {}).then(read); }, post: post };
  };
}());
