/* What lies under everything: outlines and names, or a basemap where a network answers. */
Rewatt.Ground = L.Class.extend({
  order: 0,
  initialize(columns) {
    this._outlines = Rewatt.unfoldPaths(columns.outlines, 10000);
    this._states = { ...columns.states, ...Rewatt.unfold(columns.states, 100000) };
    this._places = { ...columns.places, ...Rewatt.unfold(columns.places, 100000) };
    this.names = true;
  },
  draw(ctx, at) {
    const o = this._outlines;
    ctx.beginPath();
    for (let p = 0; p < o.n.length; p += 1) {
      const b = 4 * p;
      if (o.box[b] < at.east && o.box[b + 2] > at.west && o.box[b + 1] < at.south && o.box[b + 3] > at.north) {
        Rewatt.drawPath(ctx, o, o.start[p], o.start[p + 1], at);
      }
    }
    ctx.strokeStyle = Rewatt.dark ? "#5b6470" : "#8a8f98";
    ctx.lineWidth = 1;
    ctx.stroke();
    if (!this.names) { return; }
    const taken = [];
    const write = (one, i, style, above) => {
      const x = one.x[i] * at.scale - at.left, y = one.y[i] * at.scale - at.top;
      const wide = ctx.measureText(one.name[i]).width / 2 + 4;
      const box = [x - wide, y - 8 - above, x + wide, y + 8];
      if (taken.some((b) => b[0] < box[2] && b[2] > box[0] && b[1] < box[3] && b[3] > box[1])) { return; }
      taken.push(box);
      ctx.strokeStyle = Rewatt.dark ? "#14181d" : "#eef1f4";
      ctx.lineWidth = 3;
      ctx.strokeText(one.name[i], x, y - above);
      ctx.fillStyle = style;
      if (above) { ctx.fillRect(x - 1.5, y - 1.5, 3, 3); }
      ctx.fillText(one.name[i], x, y - above);
    };
    const each = (one, style, above, many) => {
      let written = 0;
      for (let i = 0; i < one.x.length && written < many; i += 1) {
        if (one.x[i] > at.west && one.x[i] < at.east && one.y[i] > at.north && one.y[i] < at.south) {
          write(one, i, style, above);
          written += 1;
        }
      }
    };
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.font = "11px system-ui, Arial, sans-serif";
    each(this._states, Rewatt.dark ? "#8b95a3" : "#79808a", 0, 60);
    /* the places come largest first, so the smaller ones yield and wait for a nearer view */
    each(this._places, Rewatt.dark ? "#aab3bf" : "#5c636d", 8, at.zoom < 5 ? 25 : 60);
  },
});

/* A basemap only where a network answers. The question is asked from a worker, since a tile that
   fails to load in the page is an error on its console. */
Rewatt.basemaps = (map, known, control, chosen) => {
  if (!navigator.onLine || !known.length) { return; }
  const ask = `fetch(${JSON.stringify(known[0].probe)}, {mode: "no-cors"}).then(() => postMessage(true), () => postMessage(false))`;
  const source = URL.createObjectURL(new Blob([ask], { type: "text/javascript" }));
  const worker = new Worker(source);
  worker.onmessage = (event) => {
    worker.terminate();
    URL.revokeObjectURL(source);
    if (!event.data || !map.getPane("mapPane")) { return; }
    control.addBaseLayer(L.layerGroup(), "Outlines alone");
    known.forEach((one) => {
      const tiles = L.tileLayer(one.url, {
        attribution: one.attribution, maxNativeZoom: Math.min(one.maxZoom, 16), maxZoom: 19,
        className: one.darkened ? "rw-darkened" : "",
      });
      control.addBaseLayer(tiles, one.title);
      const first = one.usual && Boolean(one.darkened) === Rewatt.dark;
      if (chosen === undefined ? first : chosen === one.title) { tiles.addTo(map); }
    });
  };
};
