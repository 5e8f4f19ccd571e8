// Stands in for DingTalk's dingtalk-jsapi: the part that signs people in. Written anew from its documentation.
"use strict";
{
  const origin = new URL(document.currentScript.src).origin;
  const isInDingTalk = /DingTalk/i.test(navigator.userAgent);
  const device = /iPhone|iPad/.test(navigator.userAgent) ? "ios" : /Android/.test(navigator.userAgent) ? "android" : "pc";

  const requestAuthCode = ({ corpId, clientId, onSuccess, onFail } = {}) => {
    const body = new URLSearchParams({ corpId: corpId || "", clientId: clientId || "" });
    const asked = isInDingTalk
      ? fetch(`${origin}/dd/auth-code`, { method: "POST", body, credentials: "include" }).then((r) => r.json())
      : Promise.resolve({ errorCode: -1, errorMessage: "notInDingTalk" });
    return asked
      .catch((problem) => ({ errorCode: -1, errorMessage: `${problem}` }))
      .then((answer) => {
        if (answer.code) onSuccess?.({ code: answer.code });
        else onFail?.(answer);
      });
  };

  window.dd = {
    env: { platform: isInDingTalk ? device : "notInDingTalk" },
    ready: (callback) => void setTimeout(callback, 0),
    error: () => {},
    requestAuthCode,
    runtime: {
      permission: {
        requestAuthCode: ({ corpId, onSuccess, onFail } = {}) => requestAuthCode({ corpId, onSuccess, onFail }),
      },
    },
  };
}
