// What the API page's library expects and Chrome 86 does not have yet.
'use strict';
(function () {
  function add(owner, name, value) {
    if (!owner[name]) Object.defineProperty(owner, name, { value: value, writable: true, configurable: true });
  }
  function at(place) {
    const index = Math.trunc(place) || 0;
    return this[index < 0 ? this.length + index : index];
  }
  function fromTheEnd(take) {
    return function (test, self) {
      for (let index = this.length - 1; index >= 0; index -= 1) {
        if (test.call(self, this[index], index, this)) return take(this[index], index);
      }
      return take(undefined, -1);
    };
  }
  add(Object, 'hasOwn', function (owner, name) { return Object.prototype.hasOwnProperty.call(owner, name); });
  add(Array.prototype, 'at', at);
  add(String.prototype, 'at', at);
  add(Array.prototype, 'findLast', fromTheEnd(function (value) { return value; }));
  add(Array.prototype, 'findLastIndex', fromTheEnd(function (value, index) { return index; }));
  add(String.prototype, 'replaceAll', function (part, by) {
    const plain = String(part).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return this.replace(part instanceof RegExp ? part : new RegExp(plain, 'g'), by);
  });
}());
