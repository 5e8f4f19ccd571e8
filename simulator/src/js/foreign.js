// In a frame of the frame, with an origin of its own: says to the app's page what only the frame may say.
"use strict";
{
  const { messages, targetOrigin } = Object.fromEntries(new URLSearchParams(location.search));
  for (const message of JSON.parse(messages)) window.parent.parent.postMessage(message, targetOrigin);
}
