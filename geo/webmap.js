/* Draws the ranked sites and the grid around them. Every text reaches the page as a text node,
   never as HTML, so a name can hold anything. */
function rewattMap(map, data) {
  "use strict";

  const Shape = L.CircleMarker.extend({
    options: { shape: "circle" },
    _updatePath() { this._renderer._updateShape(this); },
  });
  L.Canvas.include({
    _updateShape(layer) {
      if (layer.options.shape === "circle") { this._updateCircle(layer); return; }
      if (!this._drawing || layer._empty()) { return; }
      const ctx = this._ctx, p = layer._point, r = Math.max(Math.round(layer._radius), 1);
      const corners = {
        square: [[-1, -1], [1, -1], [1, 1], [-1, 1]],
        diamond: [[0, -1.3], [1.3, 0], [0, 1.3], [-1.3, 0]],
        triangle: [[0, -1.2], [1.1, 0.9], [-1.1, 0.9]],
      }[layer.options.shape];
      ctx.beginPath();
      corners.forEach(([x, y], i) => ctx[i ? "lineTo" : "moveTo"](p.x + x * r, p.y + y * r));
      ctx.closePath();
      this._fillStroke(ctx, layer);
    },
  });

  const pane = (name, z) => { map.createPane(name).style.zIndex = z; return L.canvas({ pane: name, padding: 0.3, tolerance: 3 }); };
  const below = pane("outlines", 250), lines = pane("lines", 410), points = pane("points", 430), top = pane("sites", 450);
  ["outlines"].forEach((name) => { map.getPane(name).style.pointerEvents = "none"; });

  const element = (tag, text, className) => {
    const node = document.createElement(tag);
    if (text !== undefined) { node.textContent = text; }
    if (className) { node.className = className; }
    return node;
  };
  const card = (title, rows) => {
    const box = element("div", undefined, "rw-card");
    box.append(element("h3", title));
    const table = element("table");
    rows.filter(([, value]) => value !== null && value !== "").forEach(([label, value]) => {
      const row = table.insertRow();
      const head = element("th", label);
      head.scope = "row";
      row.append(head);
      row.insertCell().textContent = value;
    });
    box.append(table);
    return box;
  };
  const mw = (value) => (value === null ? "not known" : `${Math.round(value).toLocaleString("en-US")} MW`);
  const attach = (layer, title, hint, rows) =>
    layer.bindTooltip(() => element("span", hint ? `${title}: ${hint}` : title), { sticky: true })
      .bindPopup(() => card(title, rows()), { maxWidth: 380, maxHeight: 360 });

  const roomy = map.getSize().x >= 700 && map.getSize().y >= 650;
  const overlays = {};
  const add = (title, layers, shown) => {
    if (!layers.length) { return; }
    const group = L.layerGroup(layers);
    overlays[`${title} (${layers.length.toLocaleString("en-US")})`] = group;
    if (shown) { group.addTo(map); }
  };

  data.outlines.forEach((ring) => L.polyline(ring, { renderer: below, color: "#8a8f98", weight: 1, interactive: false }).addTo(map));
  data.stateNames.forEach((one) => L.marker([one.lat, one.lon], {
    pane: "outlines", interactive: false, keyboard: false,
    icon: L.divIcon({ className: "rw-state", iconSize: [0, 0], html: element("span", one.name) }),
  }).addTo(map));
  if (data.box) {
    const [west, south, east, north] = data.box;
    L.rectangle([[south, west], [north, east]], { renderer: below, color: "#333", weight: 1.5, dashArray: "6 5", fill: false, interactive: false }).addTo(map);
  }

  const markers = {};
  const sites = data.sites.map((site) => {
    const marker = new Shape([site.lat, site.lon], {
      renderer: top, radius: site.radius, color: site.hollow ? site.colour : "#1b1b1b",
      weight: site.hollow ? 2.5 : 1, fillColor: site.colour, fillOpacity: site.hollow ? 0 : 0.9,
    });
    attach(marker, site.name, site.hint, () => site.rows);
    markers[site.id] = marker;
    return marker;
  });
  const ties = data.ties.map((tie) => attach(
    L.polyline(tie.path, { renderer: lines, color: "#111", weight: 1.5, dashArray: "3 4" }),
    "Tie to the point of interconnection", tie.hint, () => [["From", tie.site], ["To", tie.poi], ["Straight-line distance", tie.distance], ["Source", data.sources.substations]],
  ));
  const campuses = data.campuses.map((campus) => attach(
    new Shape([campus.lat, campus.lon], { renderer: points, shape: "diamond", radius: campus.radius, color: "#1b1b1b", weight: 1, fillColor: "#d55e00", fillOpacity: campus.live ? 0.85 : 0.2 }),
    campus.name, campus.hint, () => campus.rows,
  ));
  const centres = data.dataCenters.map((one) => attach(
    new Shape([one.lat, one.lon], { renderer: points, radius: 3, color: "#1b1b1b", weight: 0.6, fillColor: "#56b4e9", fillOpacity: 0.9 }),
    one.name, "data centre", () => one.rows,
  ));
  const gas = data.gas.map((plant) => attach(
    new Shape([plant.lat, plant.lon], { renderer: points, shape: "triangle", radius: plant.radius, color: "#5b4a00", weight: 1, fillColor: "#e69f00", fillOpacity: plant.live ? 0.8 : 0.15 }),
    plant.name, plant.hint, () => plant.rows,
  ));

  data.lineClasses.forEach((one) => add(`Lines ${one.title}`, one.paths.map((path) => attach(
    L.polyline(path, { renderer: lines, color: one.colour, weight: 2, opacity: 0.85 }),
    "Transmission line", one.title, () => [["Voltage class", one.title], ["Source", data.sources.transmission_lines]],
  )), true));
  data.stationClasses.forEach((one) => {
    const c = one.columns;
    add(`Substations ${one.title}`, c.lat.map((lat, i) => attach(
      new Shape([lat, c.lon[i]], { renderer: points, shape: "square", radius: 3, color: "#222", weight: 0.6, fillColor: one.colour, fillOpacity: 0.9 }),
      c.name[i] || `Substation ${c.id[i]}`, c.kv[i], () => [
        ["HIFLD id", c.id[i]], ["Highest voltage", c.kv[i]], ["Evidence for it", c.evidence[i]],
        ["Circuits of that voltage", c.circuits[i] === null ? "not known" : String(c.circuits[i])],
        ["N-1 limit of its lines", c.firm[i]], ["Which is", data.upperBound], ["Source", data.sources.substations],
      ],
    )), one.shown);
  });
  add("Gas plants by MW", gas, data.showGas);
  add("Data centres", centres, true);
  add("POI tie-lines", ties, true);
  add("Campuses", campuses, true);
  add("Sites", sites, true);
  const control = L.control.layers(null, overlays, { collapsed: !roomy }).addTo(map);
  control.getContainer().setAttribute("aria-label", "Layers");

  const box = (position, build) => {
    const one = L.control({ position });
    one.onAdd = () => {
      const node = build();
      L.DomEvent.disableClickPropagation(node);
      L.DomEvent.disableScrollPropagation(node);
      return node;
    };
    return one.addTo(map);
  };
  box("bottomright", () => {
    const node = element("details", undefined, "rw-legend");
    node.open = roomy;
    node.append(element("summary", data.legend.title));
    data.legend.rows.forEach(([style, text]) => {
      const row = element("div");
      const mark = element("i");
      Object.entries(style).forEach(([key, value]) => mark.style.setProperty(key, value));
      row.append(mark, document.createTextNode(text));
      node.append(row);
    });
    return node;
  });
  const button = (position, path, title, onClick) => box(position, () => {
    const bar = element("div", undefined, "leaflet-bar");
    const one = element("a");
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
    L.DomEvent.on(one, "click", (event) => { L.DomEvent.stop(event); onClick(one); });
    bar.append(one);
    return bar;
  });
  const aside = () => (roomy && map.getSize().x > 1100 ? control.getContainer().offsetWidth : 25);
  const home = () => map.fitBounds(data.bounds, { paddingTopLeft: [25, 25], paddingBottomRight: [aside(), 25], maxZoom: 11, animate: false });
  button("topleft", "M2 8l6-6 6 6M4 7v7h8V7", "Back to the whole selection", home);
  button("topleft", "M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4", "Full screen", () => {
    if (document.fullscreenElement) { document.exitFullscreen(); } else { map.getContainer().requestFullscreen(); }
  });
  document.addEventListener("fullscreenchange", () => map.invalidateSize());

  const measure = { on: false, path: [], layer: L.layerGroup().addTo(map) };
  const redraw = () => {
    measure.layer.clearLayers();
    if (!measure.path.length) { return; }
    const km = measure.path.slice(1).reduce((sum, point, i) => sum + map.distance(measure.path[i], point), 0) / 1000;
    L.polyline(measure.path, { color: "#cc0066", weight: 3, interactive: false }).addTo(measure.layer);
    L.circleMarker(measure.path.at(-1), { radius: 4, color: "#cc0066", interactive: false }).addTo(measure.layer)
      .bindTooltip(`${km.toFixed(km < 10 ? 2 : 1)} km (sphere, within 0.5 %)`, { permanent: true }).openTooltip();
  };
  button("topleft", "M1 11L11 1l4 4L5 15zM4 8l2 2M7 5l2 2M10 2l2 2", "Measure: click points, click here again to end", (one) => {
    measure.on = !measure.on;
    map.doubleClickZoom[measure.on ? "disable" : "enable"]();
    one.classList.toggle("rw-on", measure.on);
    map.getContainer().style.cursor = measure.on ? "crosshair" : "";
    if (!measure.on) { measure.path = []; redraw(); }
  });
  map.on("click", (event) => { if (measure.on) { measure.path.push(event.latlng); redraw(); } });
  map.on("popupopen", (event) => { if (measure.on) { event.popup.close(); } });

  const saved = data.keep ? JSON.parse(sessionStorage.getItem(data.keep) || "null") : null;
  if (saved) {
    map.setView(saved.centre, saved.zoom, { animate: false });
    Object.entries(overlays).forEach(([title, group]) => {
      const name = title.replace(/ \([\d,]+\)$/, "");
      if (name in saved.shown) { map[saved.shown[name] ? "addLayer" : "removeLayer"](group); }
    });
  } else {
    home();
  }
  if (data.keep) {
    const keep = () => sessionStorage.setItem(data.keep, JSON.stringify({
      centre: map.getCenter(), zoom: map.getZoom(), focus: data.focus,
      shown: Object.fromEntries(Object.entries(overlays).map(([title, group]) => [title.replace(/ \([\d,]+\)$/, ""), map.hasLayer(group)])),
    }));
    if (data.focus && markers[data.focus] && (!saved || saved.focus !== data.focus)) {
      map.setView(markers[data.focus].getLatLng(), Math.max(map.getZoom(), 8), { animate: false });
      markers[data.focus].openPopup();
    }
    map.on("moveend overlayadd overlayremove", keep);
    keep();
  }

  /* A basemap only where a network answers. The question is asked from a worker, since a tile
     that fails to load in the page is an error on its console. */
  if (navigator.onLine && data.basemap) {
    const ask = `fetch(${JSON.stringify(data.basemap.probe)}, {mode: "no-cors"}).then(() => postMessage(true), () => postMessage(false))`;
    const worker = new Worker(URL.createObjectURL(new Blob([ask], { type: "text/javascript" })));
    worker.onmessage = (event) => {
      if (event.data) { L.tileLayer(data.basemap.url, { attribution: data.basemap.attribution, maxNativeZoom: Math.min(data.basemap.maxZoom, 16), maxZoom: 19 }).addTo(map); }
      worker.terminate();
    };
  }
  map.attributionControl.addAttribution(data.attribution);
}
