// Gives in what the browser brought back from DingTalk, and takes it out of the address.
const form = document.querySelector("form");
form.elements.proof.value = new URLSearchParams(location.hash.slice(1)).get("dingtalk-qr-proof") ?? "";
history.replaceState(null, "", location.pathname);
form.submit();
