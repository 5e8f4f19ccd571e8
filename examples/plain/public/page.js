import { define } from '/package/index.js';

const list = document.querySelector('#events');
for (const name of ['state', 'ready', 'created', 'authenticated', 'ended']) {
  document.addEventListener(`dingtalk-${name}`, ({ type, target, detail }) => {
    const line = document.createElement('li');
    // Names and reasons come from outside: text nodes only.
    line.textContent = `${target.id} ${type} ${JSON.stringify({ ...detail, ticket: undefined })}`;
    list.append(line);
  });
}

document.querySelector('#login').addEventListener('dingtalk-authenticated', async ({ detail }) => {
  const answer = await fetch('/sign-in', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ticket: detail.ticket }),
  });
  const { name } = await answer.json();
  document.querySelector('#welcome').textContent = answer.ok ? `Welcome, ${name}` : 'The ticket was not good';
});

// The files are ours, so that they do not say where the backend is.
const { backend } = await (await fetch('/settings')).json();
for (const element of document.querySelectorAll('dingtalk-qr')) element.backend = backend;
define();
