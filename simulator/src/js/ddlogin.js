// Stands in for DingTalk's h5-dingtalk-login 0.21.0. Written anew from its documentation (获取登录用户的访问凭证, section
// 内嵌二维码方式登录授权), weaknesses included: nothing is encoded, the test of the origin is loose, and the listener stays.
"use strict";
{
  const origin = new URL(document.currentScript.src).origin;
  const looseOrigin = new RegExp(origin.replace(/^https?:\/\//, ""));
  const REQUIRED = ["redirect_uri", "response_type", "client_id", "scope"];
  const OPTIONAL = ["prompt", "state", "org_type", "corpId", "exclusiveLogin", "exclusiveCorpId"];

  window.DTFrameLogin = (frameParams, loginParams, successCb, errorCb) => {
    const fail = (problem) => errorCb && errorCb(problem);
    const missesOrganisation =
      /corpid/.test(loginParams?.scope) && !(loginParams.org_type && loginParams.corpId);
    if (!frameParams?.id || REQUIRED.some((name) => !loginParams?.[name]) || missesOrganisation) {
      return fail("Missing parameters");
    }
    const container = document.getElementById(frameParams.id);
    if (!container) return fail("Element not found");
    if (!window.postMessage) return fail("Browser not support");

    const pairs = [...REQUIRED, ...OPTIONAL]
      .filter((name) => loginParams[name])
      .map((name) => `${name}=${loginParams[name]}`);
    const frame = document.createElement("iframe");
    frame.src = `${origin}/oauth2/auth?iframe=true&${pairs.join("&")}`;
    frame.width = `${Math.max(frameParams.width || 300, 280)}`;
    frame.height = `${Math.max(frameParams.height || 300, 280)}`;
    frame.frameBorder = "0";
    frame.scrolling = "no";
    container.innerHTML = "";
    container.appendChild(frame);

    window.addEventListener("message", (event) => {
      if (!looseOrigin.test(event.origin)) return;
      const { success, redirectUrl, errorMsg } = event.data || {};
      if (!success) return fail(errorMsg);
      const query = new URLSearchParams((redirectUrl || "").split("?")[1]);
      if (query.get("error")) return fail(query.get("error"));
      if (successCb) successCb({ redirectUrl, authCode: query.get("authCode"), state: query.get("state") });
    });
    return frame;
  };
}
