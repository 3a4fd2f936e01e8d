// A front end's model of a widget, without a front end.

export class FakeModel {
  constructor(state) {
    this.state = { problem: "", media: {}, ...state };
    this.listeners = new Map();
    this.saved = [];
    this.sent = [];
    this.changed = {};
  }
  get(name) {
    return this.state[name];
  }
  set(name, value) {
    this.state[name] = value;
    this.changed[name] = value;
    this.tell(`change:${name}`);
  }
  save_changes() {
    this.saved.push(this.changed);
    this.changed = {};
  }
  send(content, callbacks, buffers = []) {
    this.sent.push({ content, callbacks, buffers });
  }
  on(name, listener) {
    this.listeners.set(name, [...(this.listeners.get(name) ?? []), listener]);
  }
  off(name, listener) {
    this.listeners.set(name, (this.listeners.get(name) ?? []).filter((one) => one !== listener));
  }
  /** Do as the kernel does when it sets traits. */
  put(values) {
    for (const [name, value] of Object.entries(values)) {
      this.state[name] = value;
      this.tell(`change:${name}`);
    }
  }
  tell(name, ...values) {
    for (const listener of this.listeners.get(name) ?? []) listener(...values);
  }
  /** How many listeners there are; none are left once a view is gone. */
  get count() {
    return [...this.listeners.values()].reduce((sum, list) => sum + list.length, 0);
  }
}
