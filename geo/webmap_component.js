/* The map as a part of the app's pages: its arguments come by Streamlit's messages, and what the
   user does goes back the same way. The frame stays while the script runs again. */
(() => {
  "use strict";
  const say = (type, more) => window.parent.postMessage({ isStreamlitMessage: true, type, ...more }, "*");
  const parts = new Map();
  /* names are made of the content, so what the browser holds is right for ever */
  const bring = (file) => {
    if (!parts.has(file)) {
      parts.set(file, fetch(file, { cache: "force-cache" }).then((answer) => {
        if (!answer.ok) { throw new Error(`${file}: ${answer.status}`); }
        return answer.json();
      }).catch((error) => { parts.delete(file); throw error; }));
    }
    return parts.get(file);
  };
  let drawn = null, manifest = null, newest = null, drawing = false, told = 0;
  const tell = (event) => {
    told += 1;
    say("streamlit:setComponentValue", { dataType: "json", value: { ...event, told: `${performance.timeOrigin}-${told}` } });
  };
  const isDark = (theme) => {
    if (!theme || !theme.backgroundColor) { return false; }
    const swatch = document.createElement("canvas").getContext("2d");
    swatch.fillStyle = theme.backgroundColor;
    swatch.fillRect(0, 0, 1, 1);
    const [r, g, b] = swatch.getImageData(0, 0, 1, 1).data;
    return 0.299 * r + 0.587 * g + 0.114 * b < 128;
  };
  const draw = async (wanted) => {
    const { still: file, tools } = newest.args;
    const node = document.querySelector(".folium-map");
    try {
      const still = await bring(file), ground = await bring(still.ground);
      if (drawn) { drawn.remove(); }
      node.textContent = "";
      const { args, theme } = newest; // what came while the files were on their way
      drawn = rewattMap(foliumMap(), { ...args.sites, basemaps: still.basemaps, still: { ...structuredClone(still), ground } }, { dark: isDark(theme), bring, tell, tools });
      window.map = drawn.map;
      manifest = wanted;
    } catch (error) {
      node.textContent = `The map could not be drawn (${error.message}); reload the page.`;
    }
  };
  const render = async (message) => {
    newest = message;
    const { args, theme } = message;
    const node = document.querySelector(".folium-map");
    if (node.parentElement.style.height !== `${args.height}px`) {
      node.parentElement.style.height = `${args.height}px`;
      say("streamlit:setFrameHeight", { height: args.height });
    }
    if (drawing) { return; }
    const wanted = JSON.stringify([args.still, args.tools]);
    if (drawn && manifest === wanted) {
      drawn.darken(isDark(theme));
      drawn.update(args.sites);
      return;
    }
    drawing = true;
    await draw(wanted);
    drawing = false;
    if (newest !== message) { render(newest); }
  };
  window.addEventListener("message", (event) => {
    if (event.source === window.parent && event.data.type === "streamlit:render") { render(event.data); }
  });
  /* Streamlit names the frame after a Python module; the frame is ours, and a reader hears its name */
  if (window.frameElement) { window.frameElement.title = document.getElementById("title").textContent; }
  say("streamlit:componentReady", { apiVersion: 1 });
})();
