// The end of a sign-in in a frame: tells the app's page, if it has the origin of the redirect URL.
"use strict";
{
  const { dataset } = document.getElementById("messages");
  const send = (target) => {
    for (const message of JSON.parse(dataset.messages)) target.postMessage(message, dataset.targetOrigin);
  };
  if (dataset.from === "self") {
    if (window.parent !== window) send(window.parent);
  } else {
    // Without `allow-same-origin`, a frame has the origin "null".
    const child = document.createElement("iframe");
    child.setAttribute("sandbox", "allow-scripts");
    child.hidden = true;
    child.src = `/oauth2/auth/foreign?${new URLSearchParams(dataset)}`;
    document.body.append(child);
  }
}
