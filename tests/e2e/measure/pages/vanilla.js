// The panel that one writes by hand: begins a registration, draws its code with the smallest QR library there is, counts and asks.
import { generate } from 'lean-qr/nano';

const panel = document.querySelector('#panel');
const ask = async (method, path, token, body) =>
  (await fetch('/api/v1/' + path, {
    method,
    headers: { 'content-type': 'application/json', ...(token && { authorization: 'Bearer ' + token }) },
    body,
  })).json();

function draw(text) {
  const code = generate(text);
  let path = '';
  for (let y = 0; y < code.size; y++) for (let x = 0; x < code.size; x++) if (code.get(x, y)) path += `M${x} ${y}h1v1h-1z`;
  const size = code.size + 8;
  return `<svg width="240" height="240" viewBox="-4 -4 ${size} ${size}"><path fill="#fff" d="M-4-4h${size}v${size}h-${size}z"/><path d="${path}"/></svg>`;
}

const flow = await ask('POST', 'registrations', '', '{}');
panel.innerHTML = `<p>Scan with DingTalk to create a bot</p>${draw(flow.qr.text)}<p id="status">Waiting for your scan</p><p id="clock"></p>`;
const deadline = Date.now() + flow.expires_in * 1000;
const clock = setInterval(() => (document.querySelector('#clock').textContent = Math.max(0, Math.round((deadline - Date.now()) / 1000)) + ' s'), 1000);
for (let state = flow.state; /pending|creating/.test(state.status); ) {
  await new Promise((done) => setTimeout(done, flow.interval * 1000));
  state = await ask('GET', 'flows/' + flow.flow_id, flow.poll_token);
  document.querySelector('#status').textContent = state.status;
  if (state.status == 'created') clearInterval(clock);
}
