/* Buttons and boxes on the map: home, full screen, and tools that take clicks on the map. */
Rewatt.box = (map, position, build) => {
  const one = L.control({ position });
  one.onAdd = () => {
    const node = build();
    L.DomEvent.disableClickPropagation(node);
    L.DomEvent.disableScrollPropagation(node);
    return node;
  };
  return one.addTo(map);
};

Rewatt.button = (map, path, title, onClick) => {
  let one;
  Rewatt.box(map, "topleft", () => {
    const bar = Rewatt.element("div", undefined, "leaflet-bar");
    one = Rewatt.element("a");
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const drawn = document.createElementNS("http://www.w3.org/2000/svg", "path");
    Object.entries({ viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" }).forEach(([k, v]) => svg.setAttribute(k, v));
    Object.entries({ d: path, fill: "none", stroke: "currentColor", "stroke-width": 1.8 }).forEach(([k, v]) => drawn.setAttribute(k, v));
    svg.append(drawn);
    one.append(svg);
    one.href = "#";
    one.title = title;
    one.setAttribute("role", "button");
    one.setAttribute("aria-label", title);
    L.DomEvent.on(one, "click", (event) => { L.DomEvent.stop(event); onClick(); });
    L.DomEvent.on(one, "keydown", (event) => { if (event.key === " ") { L.DomEvent.stop(event); onClick(); } });
    bar.append(one);
    return bar;
  });
  return one;
};

/* Tools that take clicks: one at a time. Escape leaves, Enter ends, Space clicks at the centre. */
Rewatt.Tools = L.Class.extend({
  initialize(map, say) {
    this._map = map;
    this._say = say;
    this._path = [];
    this._layer = L.layerGroup().addTo(map);
    map.on("mousedown", (event) => { this._from = this.active && this.active.drag && !this._path.length ? event : null; });
    map.on("click", (event) => {
      if (!this.active) { return; }
      /* held down and drawn, as elsewhere: the click comes where the hand let go */
      if (this._dragged(event)) { this._path.push(this._from.latlng); }
      this._from = null;
      event.originalEvent.rwTaken = true;
      this._click(event.latlng);
    });
    map.on("mousemove", (event) => {
      if (!this.active || !this.active.follow) { return; }
      this._redraw(event.latlng, this._dragged(event) ? [this._from.latlng] : this._path);
    });
    map.on("popupopen", (event) => { if (this.active) { event.popup.close(); } });
    map.on("dblclick", () => { if (this.active && this.active.end) { this._end(); } });
    map.getContainer().addEventListener("keydown", (event) => {
      if (!this.active) { return; }
      if (event.key === "Escape") { this.leave(); } else if (event.key === "Enter" && this.active.end && event.target === map.getContainer()) { this._end(); } else if (event.key === " " && event.target === map.getContainer()) { event.preventDefault(); this._click(map.getCenter()); }
    });
  },
  add(icon, title, tool) {
    tool.button = Rewatt.button(this._map, icon, title, () => {
      const leaving = this.active === tool;
      this.leave();
      if (!leaving) { this._take(tool); }
    });
    tool.button.setAttribute("aria-pressed", "false");
  },
  _take(tool) {
    this.active = tool;
    this._map.closePopup();
    this._map.doubleClickZoom.disable();
    if (tool.drag) { this._map.dragging.disable(); }
    tool.button.classList.add("rw-on");
    tool.button.setAttribute("aria-pressed", "true");
    this._map.getContainer().classList.add("rw-aiming");
    this._map.getContainer().focus({ preventScroll: true });
    this._say(tool.words);
  },
  leave() {
    if (!this.active) { return; }
    this.active.button.classList.remove("rw-on");
    this.active.button.setAttribute("aria-pressed", "false");
    this.active = null;
    this._path = [];
    this._layer.clearLayers();
    this._map.doubleClickZoom.enable();
    this._map.dragging.enable();
    this._map.getContainer().classList.remove("rw-aiming");
    this._say("");
  },
  _click(latlng) {
    const last = this._path.at(-1);
    /* a double click is two clicks on one spot, and a path takes the spot once */
    if (last && this._map.latLngToLayerPoint(last).distanceTo(this._map.latLngToLayerPoint(latlng)) < 3) { return; }
    this._path.push(latlng);
    this._redraw();
    const first = this._map.latLngToLayerPoint(this._path[0]), here = this._map.latLngToLayerPoint(latlng);
    if (this._path.length === this.active.most) { this._end(); } else if (this.active.end && this._path.length > 3 && first.distanceTo(here) < 10) { this._path.pop(); this._end(); }
  },
  _dragged(event) {
    return Boolean(this._from) && this._from.containerPoint.distanceTo(event.containerPoint) > 5;
  },
  _redraw(pointer, corners = this._path) {
    this._layer.clearLayers();
    const path = pointer && corners.length ? [...corners, pointer] : corners;
    if (path.length) { this.active.draw(path, this._layer); }
  },
  _end() {
    const { end, least } = this.active, path = this._path;
    if (path.length < least) { this._say(`${this.active.words} ${least} corners are the least.`); return; }
    this.leave();
    end(path);
  },
});

Rewatt.PINK = { color: "#cc0066", weight: 3, interactive: false };

Rewatt.measure = (map) => ({
  words: "Measure: click points on the map; Escape ends.",
  draw(path, layer) {
    const km = path.slice(1).reduce((sum, point, i) => sum + map.distance(path[i], point), 0) / 1000;
    L.polyline(path, Rewatt.PINK).addTo(layer);
    L.circleMarker(path.at(-1), { radius: 4, ...Rewatt.PINK }).addTo(layer)
      .bindTooltip(`${km.toFixed(km < 10 ? 2 : 1)} km (sphere, within 0.5 %)`, { permanent: true }).openTooltip();
  },
});

Rewatt.point = (tell) => ({
  words: "Add a point: click on the map; with the keyboard, arrows move the map and Space sets the point at its centre. Escape cancels.",
  most: 1, least: 1,
  draw(path, layer) { L.circleMarker(path[0], { radius: 6, ...Rewatt.PINK }).addTo(layer); },
  end([one]) { const { lat, lng } = one.wrap(); tell({ type: "point", lat, lon: lng }); },
});

/* The ring (lon, lat) of a path: turned around the globe as a whole, for corners that are turned
   one by one would make an area across the date line everything but that area. */
Rewatt.ring = (path) => {
  const turn = 360 * Math.round(L.latLngBounds(path).getCenter().lng / 360);
  const within = (degrees, most) => Number(Math.max(-most, Math.min(most, degrees)).toFixed(5));
  return path.map(({ lat, lng }) => [within(lng - turn, 180), within(lat, 90)]);
};

Rewatt.rectangle = (done) => ({
  words: "Draw a box: drag from corner to corner, or click both. Escape cancels.",
  most: 2, least: 2, follow: true, drag: true,
  draw(path, layer) { L.rectangle(L.latLngBounds(path), { ...Rewatt.PINK, weight: 2, fillOpacity: 0.08 }).addTo(layer); },
  end(path) {
    const b = L.latLngBounds(path);
    done([b.getSouthWest(), b.getSouthEast(), b.getNorthEast(), b.getNorthWest()]);
  },
});

Rewatt.polygon = (done) => ({
  words: "Draw an area: click its corners; a double click, Enter or the first corner ends, Escape cancels.",
  least: 3, follow: true,
  draw(path, layer) { L.polygon(path, { ...Rewatt.PINK, weight: 2, fillOpacity: 0.08 }).addTo(layer); },
  end(path) { done(path); },
});
