use js_sys::{Array, JSON, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// Stands in for the network: answers in order, then never.
///
/// Short timers end at once, so that no test waits for a back-off; the ten seconds for a script do not.
/// A `DELETE` is answered with 204 unless the next answer says that it is for one.
pub(crate) struct FakeBackend {
    fake: JsValue,
}

const INSTALL: &str = r#"
sessionStorage.clear();
const real = window.__fake?.real ?? [fetch, setTimeout, clearTimeout, setInterval, clearInterval];
const fake = window.__fake = { calls: [], answers: ANSWERS, timers: new Set(), reading: 0, real };
window.fetch = (request) => new Promise((resolve, reject) => {
    const call = { line: `${request.method} ${request.url.replace(location.origin, "")}`, body: "", open: true,
        keepalive: request.keepalive, bearer: request.headers.get("authorization"),
        etag: request.headers.get("if-none-match") };
    __fake.calls.push(call);
    __fake.reading += 1;
    request.clone().text().then((body) => { call.body = body; fake.reading -= 1; });
    request.signal.addEventListener("abort", () => { call.open = false; reject(new DOMException("", "AbortError")); });
    const answer = request.method === "DELETE" && __fake.answers[0]?.to !== "DELETE"
        ? { status: 204 } : __fake.answers.shift();
    if (answer === undefined) return;
    call.open = false;
    if (answer === "lost") return reject(new TypeError("lost"));
    const empty = answer.status === 204 || answer.status === 304;
    resolve(new Response(empty ? null : JSON.stringify(answer.body), { status: answer.status, headers: answer.headers }));
});
const [, timeout, clear, interval, clearEach] = real;
window.setTimeout = (run, after, ...rest) => {
    if (after < 100) return timeout(run, after, ...rest);
    const id = timeout(() => { __fake.timers.delete(id); run(); }, after >= 30000 || after === 10000 ? after : 0);
    __fake.timers.add(id);
    return id;
};
window.clearTimeout = (id) => { __fake.timers.delete(id); clear(id); };
window.setInterval = (run, every) => { const id = interval(run, every); __fake.timers.add(id); return id; };
window.clearInterval = (id) => { __fake.timers.delete(id); clearEach(id); };
"#;

const RESTORE: &str =
    "[fetch, setTimeout, clearTimeout, setInterval, clearInterval] = __fake.real; delete window.__fake;";

impl FakeBackend {
    /// Answers with the JSON list `answers`.
    ///
    /// What the test before still sends goes out first.
    pub(crate) async fn answering(answers: &str) -> Self {
        super::settle().await;
        run(&INSTALL.replace("ANSWERS", answers));
        Self { fake: run("__fake") }
    }

    /// Answers the next request with the JSON value `answer`.
    pub(crate) fn answer(&self, answer: &str) {
        field(&self.fake, "answers").unchecked_into::<Array>().push(&JSON::parse(answer).unwrap());
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.calls().map(|call| field(&call, "line").as_string().unwrap()).collect()
    }

    /// Requests that have neither been answered nor aborted.
    pub(crate) fn open(&self) -> usize {
        self.calls().filter(|call| field(call, "open").is_truthy()).count()
    }

    pub(crate) fn timers(&self) -> u32 {
        js_sys::Set::from(field(&self.fake, "timers")).size()
    }

    pub(crate) fn call(&self, index: usize, name: &str) -> JsValue {
        field(&self.calls().nth(index).unwrap(), name)
    }

    pub(crate) fn body(&self, index: usize, name: &str) -> Option<String> {
        let body = self.call(index, "body").as_string().unwrap();
        field(&JSON::parse(&body).unwrap(), name).as_string()
    }

    fn calls(&self) -> impl Iterator<Item = JsValue> {
        Array::from(&field(&self.fake, "calls")).into_iter()
    }
}

fn field(value: &JsValue, name: &str) -> JsValue {
    Reflect::get(value, &name.into()).unwrap()
}

impl Drop for FakeBackend {
    fn drop(&mut self) {
        run(RESTORE);
    }
}

fn run(script: &str) -> JsValue {
    js_sys::eval(script).unwrap()
}
