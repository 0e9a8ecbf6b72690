/* Marks: shapes on Leaflet's canvas, and a canvas that draws columns without an object per row.
   Every text reaches the page as a text node, never as HTML, so a name can hold anything. */
const Rewatt = { dark: false, darkColours: {} };

Rewatt.tint = (code) => (Rewatt.dark && Rewatt.darkColours[code]) || code;
Rewatt.ink = () => (Rewatt.dark ? "#f2f2f2" : "#1b1b1b");

Rewatt.element = (tag, text, className) => {
  const node = document.createElement(tag);
  if (text !== undefined) { node.textContent = text; }
  if (className) { node.className = className; }
  return node;
};

/* A card leaves some of the map to be seen, whatever its size. */
Rewatt.cardSize = () => ({
  maxWidth: Math.min(380, innerWidth - 70), maxHeight: Math.min(360, Math.round(innerHeight * 0.55)), autoPanPadding: [12, 12],
});
Rewatt.card = (title, rows) => {
  const box = Rewatt.element("div", undefined, "rw-card");
  box.append(Rewatt.element("h2", title));
  const table = Rewatt.element("table");
  rows.filter(([, value]) => value !== null && value !== "").forEach(([label, value]) => {
    const row = table.insertRow();
    const head = Rewatt.element("th", label);
    head.scope = "row";
    row.append(head);
    row.insertCell().textContent = value;
  });
  box.append(table);
  return box;
};

Rewatt.CORNERS = {
  square: [[-1, -1], [1, -1], [1, 1], [-1, 1]],
  diamond: [[0, -1.3], [1.3, 0], [0, 1.3], [-1.3, 0]],
  triangle: [[0, -1.2], [1.1, 0.9], [-1.1, 0.9]],
  pentagon: [[0, -1.3], [1.25, -0.3], [0.8, 1.15], [-0.8, 1.15], [-1.25, -0.3]],
};

Rewatt.Shape = L.CircleMarker.extend({
  options: { shape: "circle", label: "", ring: false },
  _updatePath() { this._renderer._updateShape(this); },
});

L.Canvas.include({
  _updateShape(layer) {
    if (!this._drawing || layer._empty()) { return; }
    const ctx = this._ctx, p = layer._point, o = layer.options, r = Math.max(Math.round(layer._radius), 1);
    if (o.shape === "circle") {
      this._updateCircle(layer);
    } else {
      ctx.beginPath();
      Rewatt.CORNERS[o.shape].forEach(([x, y], i) => ctx[i ? "lineTo" : "moveTo"](p.x + x * r, p.y + y * r));
      ctx.closePath();
      this._fillStroke(ctx, layer);
    }
    ctx.globalAlpha = 1;
    if (o.ring) {
      [["#ffffff", 6], ["#cc0066", 3]].forEach(([colour, width]) => {
        ctx.beginPath();
        ctx.arc(p.x, p.y, r + 5, 0, 2 * Math.PI);
        ctx.strokeStyle = colour;
        ctx.lineWidth = width;
        ctx.stroke();
      });
    }
    if (o.label) {
      ctx.font = "bold 11px system-ui, Arial, sans-serif";
      ctx.textAlign = "center";
      ctx.textBaseline = "middle";
      ctx.lineWidth = 3;
      ctx.lineJoin = "round";
      ctx.strokeStyle = "#000000";
      ctx.strokeText(o.label, p.x, p.y);
      ctx.fillStyle = "#ffffff";
      ctx.fillText(o.label, p.x, p.y);
    }
  },
});

/* Whole numbers, each the step from the one before, to places on the unit square of Mercator. */
Rewatt.unfold = (columns, scale) => {
  const n = columns.lat.length, x = new Float64Array(n), y = new Float64Array(n);
  let lat = 0, lon = 0;
  for (let i = 0; i < n; i += 1) {
    lat += columns.lat[i];
    lon += columns.lon[i];
    const sine = Math.sin((lat / scale) * Math.PI / 180);
    x[i] = lon / scale / 360 + 0.5;
    y[i] = 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
  }
  return { x, y };
};
Rewatt.place = (x, y) => L.latLng(
  (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI, (x - 0.5) * 360,
);
Rewatt.cell = (column, i) => {
  if (column === undefined || column === null || typeof column === "string") { return column; }
  if (Array.isArray(column)) { return column[i]; }
  return column.at[i] < 0 ? null : column.of[column.at[i]];
};

/* One canvas that moves with the map as Leaflet's own does: panning shifts it, only its end draws. */
Rewatt.ColumnCanvas = L.Renderer.extend({
  initialize(options) {
    L.Renderer.prototype.initialize.call(this, { padding: 0.3, ...options });
    this._drawers = [];
  },
  _initContainer() {
    this._container = document.createElement("canvas");
    this._container.setAttribute("aria-hidden", "true");
    this._ctx = this._container.getContext("2d");
  },
  _destroyContainer() {
    cancelAnimationFrame(this._asked);
    this._asked = null;
    this._container.remove();
    delete this._container;
    delete this._ctx;
  },
  put(drawer) { this._drawers.push(drawer); this._drawers.sort((a, b) => a.order - b.order); this.ask(); },
  take(drawer) { this._drawers = this._drawers.filter((one) => one !== drawer); this.ask(); },
  ask() {
    if (this._map && !this._asked) {
      this._asked = requestAnimationFrame(() => { this._asked = null; this._draw(); });
    }
  },
  _update() {
    if (this._map._animatingZoom && this._bounds) { return; }
    L.Renderer.prototype._update.call(this);
    this._draw();
  },
  _draw() {
    if (!this._bounds || this._map._animatingZoom) { return; }
    const size = this._bounds.getSize(), dots = L.Browser.retina ? 2 : 1, canvas = this._container;
    L.DomUtil.setPosition(canvas, this._bounds.min);
    canvas.width = dots * size.x;
    canvas.height = dots * size.y;
    canvas.style.width = `${size.x}px`;
    canvas.style.height = `${size.y}px`;
    this._ctx.setTransform(dots, 0, 0, dots, -dots * this._bounds.min.x, -dots * this._bounds.min.y);
    this._drawers.forEach((drawer) => drawer.draw(this._ctx, this.frame()));
  },
  /* How the unit square lies on the screen, and which part of it is in sight. */
  frame() {
    const scale = 256 * 2 ** this._map.getZoom(), origin = this._map.getPixelOrigin(), b = this._bounds;
    return {
      zoom: this._map.getZoom(), scale, left: origin.x, top: origin.y,
      west: (b.min.x + origin.x) / scale, east: (b.max.x + origin.x) / scale,
      north: (b.min.y + origin.y) / scale, south: (b.max.y + origin.y) / scale,
    };
  },
  hit(latlng) {
    const p = this._map.project(latlng, 0).divideBy(256), at = this.frame();
    for (let i = this._drawers.length - 1; i >= 0; i -= 1) {
      const found = this._drawers[i].hit && this._drawers[i].hit(p, at);
      if (found) { return found; }
    }
    return null;
  },
});

Rewatt.drawPath = (ctx, one, from, to, at) => {
  let lastX = one.x[from] * at.scale - at.left, lastY = one.y[from] * at.scale - at.top;
  ctx.moveTo(lastX, lastY);
  for (let i = from + 1; i < to; i += 1) {
    const x = one.x[i] * at.scale - at.left, y = one.y[i] * at.scale - at.top;
    if (i === to - 1 || Math.abs(x - lastX) + Math.abs(y - lastY) > 1.5) {
      ctx.lineTo(x, y);
      lastX = x;
      lastY = y;
    }
  }
};

/* Paths that were sent as columns: where each begins, and the box around it. */
Rewatt.unfoldPaths = (columns, scale) => {
  const { x, y } = Rewatt.unfold(columns, scale), n = columns.n.length;
  const start = new Int32Array(n + 1), box = new Float64Array(4 * n);
  for (let p = 0; p < n; p += 1) {
    start[p + 1] = start[p] + columns.n[p];
    let [west, north, east, south] = [2, 2, -1, -1];
    for (let i = start[p]; i < start[p + 1]; i += 1) {
      west = Math.min(west, x[i]);
      east = Math.max(east, x[i]);
      north = Math.min(north, y[i]);
      south = Math.max(south, y[i]);
    }
    box.set([west, north, east, south], 4 * p);
  }
  return { ...columns, x, y, start, box };
};
