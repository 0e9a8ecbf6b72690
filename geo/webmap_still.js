/* The layers that no scenario moves: stations, lines, pipelines, campuses, data centres, gas. */
Rewatt.Class = L.Layer.extend({
  initialize(spec, order, canvas, host) {
    this.spec = spec;
    this.order = order;
    this._canvas = canvas;
    this._host = host;
  },
  onAdd() { this._canvas.put(this); this._bring(); },
  onRemove() { this._canvas.take(this); },
  getEvents() { return { moveend: this._bring }; },
  redraw() { this._canvas.ask(); },
  hiddenAt(zoom) { return zoom < this.spec.minZoom; },
  /* Bring the parts that are in sight and not here yet. */
  _bring() {
    if (this.hiddenAt(this._map.getZoom())) { return; }
    const sight = this._map.getBounds().pad(0.3);
    this.spec.chunks.forEach((chunk) => {
      const [west, south, east, north] = chunk.box;
      if (chunk.state || !sight.intersects([[south, west], [north, east]])) { return; }
      chunk.state = "asked";
      const take = (columns) => {
        const paths = this.spec.kind === "paths";
        chunk.drawn = paths ? Rewatt.unfoldPaths(columns, 10000) : { ...columns, ...Rewatt.unfold(columns, 100000) };
        chunk.state = "here";
        this._canvas.ask();
      };
      if (chunk.columns) { take(chunk.columns); return; }
      this._host.bring(chunk.file).then(take, () => { chunk.state = undefined; this._host.failed(this.spec.title); });
    });
  },
  draw(ctx, at) {
    this._seen = [];
    if (this.hiddenAt(at.zoom)) { return; }
    const here = this.spec.chunks.filter((chunk) => chunk.drawn);
    (this.spec.kind === "paths" ? this._drawPaths : this._drawPoints).call(this, ctx, at, here);
  },
  _drawPaths(ctx, at, chunks) {
    const mark = this.spec.mark;
    ctx.beginPath();
    chunks.forEach(({ drawn }) => {
      const { box, start } = drawn;
      for (let p = 0; p < start.length - 1; p += 1) {
        const b = 4 * p;
        if (box[b] < at.east && box[b + 2] > at.west && box[b + 1] < at.south && box[b + 3] > at.north) {
          Rewatt.drawPath(ctx, drawn, start[p], start[p + 1], at);
        }
      }
    });
    ctx.strokeStyle = Rewatt.tint(mark.colour);
    ctx.globalAlpha = 0.85;
    ctx.lineWidth = at.zoom < 7 ? mark.width * 0.6 : mark.width;
    ctx.setLineDash(mark.dash || []);
    ctx.stroke();
    ctx.setLineDash([]);
    ctx.globalAlpha = 1;
  },
  _drawPoints(ctx, at, chunks) {
    const mark = this.spec.mark, corners = Rewatt.CORNERS[mark.shape], seen = this._seen;
    chunks.forEach(({ drawn }) => {
      for (let i = 0; i < drawn.x.length; i += 1) {
        if (drawn.x[i] > at.west && drawn.x[i] < at.east && drawn.y[i] > at.north && drawn.y[i] < at.south) {
          seen.push([drawn, i]);
        }
      }
    });
    const small = seen.length > 3000 || (at.zoom < 6 && !seen.some(([drawn]) => drawn.radius)) ? 0.65 : 1;
    ctx.strokeStyle = Rewatt.ink();
    ctx.fillStyle = Rewatt.tint(mark.colour);
    ctx.lineWidth = 0.7;
    for (const pale of [true, false]) {
      ctx.beginPath();
      for (const [drawn, i] of seen) {
        if (Boolean(drawn.live && !drawn.live[i]) !== pale) { continue; }
        const x = drawn.x[i] * at.scale - at.left, y = drawn.y[i] * at.scale - at.top;
        const r = (drawn.radius ? drawn.radius[i] : mark.radius) * small;
        if (corners) {
          corners.forEach(([dx, dy], c) => ctx[c ? "lineTo" : "moveTo"](x + dx * r, y + dy * r));
          ctx.closePath();
        } else {
          ctx.moveTo(x + r, y);
          ctx.arc(x, y, r, 0, 2 * Math.PI);
        }
      }
      ctx.globalAlpha = pale ? 0.2 : 0.9;
      ctx.fill();
      ctx.globalAlpha = 1;
      /* an outline around each of many thousand costs more than it tells */
      if (seen.length <= 6000) { ctx.stroke(); }
    }
  },
  hit(p, at) {
    if (this.hiddenAt(at.zoom)) { return null; }
    return (this.spec.kind === "paths" ? this._hitPath : this._hitPoint).call(this, p, at);
  },
  _hitPoint(p, at) {
    let best = null, least = Infinity;
    for (const [drawn, i] of this._seen || []) {
      const away = Math.hypot(drawn.x[i] - p.x, drawn.y[i] - p.y) * at.scale;
      if (away < least && away <= (drawn.radius ? drawn.radius[i] : this.spec.mark.radius) + 4) {
        least = away;
        best = [drawn, i];
      }
    }
    return best && this._told(best[0], best[1], Rewatt.place(best[0].x[best[1]], best[0].y[best[1]]));
  },
  _hitPath(p, at) {
    const near = 5 / at.scale;
    for (const { drawn } of this.spec.chunks) {
      if (!drawn) { continue; }
      const { box, start, x, y } = drawn;
      for (let k = 0; k < start.length - 1; k += 1) {
        const b = 4 * k;
        if (p.x < box[b] - near || p.x > box[b + 2] + near || p.y < box[b + 1] - near || p.y > box[b + 3] + near) { continue; }
        for (let i = start[k]; i < start[k + 1] - 1; i += 1) {
          const dx = x[i + 1] - x[i], dy = y[i + 1] - y[i], long = dx * dx + dy * dy;
          const t = long ? Math.max(0, Math.min(1, ((p.x - x[i]) * dx + (p.y - y[i]) * dy) / long)) : 0;
          if (Math.hypot(p.x - x[i] - t * dx, p.y - y[i] - t * dy) <= near) {
            return this._told(drawn, k, Rewatt.place(p.x, p.y));
          }
        }
      }
    }
    return null;
  },
  _told(drawn, i, latlng) {
    const title = Rewatt.cell(drawn.name, i), hint = Rewatt.cell(drawn.hint, i);
    return {
      latlng, title, text: hint ? `${title}: ${hint}` : title,
      rows: () => drawn.fields.map(([label, column]) => [label, Rewatt.cell(column, i)]),
    };
  },
});

/* Say what the pointer is on, and on a click all of it: one tooltip and one popup for all rows. */
Rewatt.pick = (map, canvases, busy) => {
  const tip = L.tooltip({ sticky: true, direction: "right", offset: [10, 0] });
  let waiting = null;
  const find = (latlng) => canvases.reduce((found, canvas) => found || canvas.hit(latlng), null);
  map.on("mousemove", (event) => {
    if (waiting) { cancelAnimationFrame(waiting); }
    waiting = requestAnimationFrame(() => {
      waiting = null;
      const found = !busy() && !event.originalEvent.buttons && !map.getContainer().querySelector(".leaflet-pane canvas.leaflet-interactive") && find(event.latlng);
      map.getContainer().classList.toggle("rw-over", Boolean(found));
      if (!found) { tip.remove(); return; }
      tip.setContent(Rewatt.element("span", found.text)).setLatLng(event.latlng).addTo(map);
    });
  });
  map.on("mouseout movestart", () => tip.remove());
  map.on("click", (event) => {
    if (busy() || event.originalEvent.rwTaken) { return; }
    const found = find(event.latlng);
    if (found) {
      tip.remove();
      L.popup(Rewatt.cardSize()).setLatLng(found.latlng).setContent(Rewatt.card(found.title, found.rows())).openOn(map);
    }
  });
};

/* "Zoom in to see stations below 345 kV: 41,000 hidden", for the layers that are switched on. */
Rewatt.hidden = (map, classes) => {
  const waiting = classes.filter((one) => map.hasLayer(one) && one.hiddenAt(map.getZoom()));
  const words = [...new Set(waiting.map((one) => one.spec.word))].map((word) => {
    const these = waiting.filter((one) => one.spec.word === word);
    const count = these.reduce((sum, one) => sum + one.spec.count, 0).toLocaleString("en-US");
    return `${word}${these[0].spec.below ? ` below ${these[0].spec.below}` : ""}: ${count} hidden`;
  });
  return words.length ? `Zoom in to see ${words.join("; ")}` : "";
};
