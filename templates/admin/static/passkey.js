/* Asks the browser for a passkey, and puts what it says into the page's form. Loaded on the pages that need it. */
"use strict";
(function () {
  var form = document.getElementById("passkey");
  if (!form) { return; }
  var button = form.querySelector("button");

  function bytes(text) {
    var plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, function (character) { return character.charCodeAt(0); });
  }

  function base64(buffer) {
    return btoa(String.fromCharCode.apply(null, new Uint8Array(buffer)));
  }

  function base64url(buffer) {
    return base64(buffer).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  function say(name) {
    form.querySelectorAll("[data-said]").forEach(function (line) {
      line.hidden = line.dataset.said !== name;
    });
    button.disabled = false;
  }

  function put(part, value) {
    form.querySelector("[data-part=" + part + "]").value = value;
  }

  function answer(credential) {
    put("authenticator_data", base64(credential.response.authenticatorData));
    put("client_data", base64(credential.response.clientDataJSON));
    put("signature", base64(credential.response.signature));
    form.submit();
  }

  function made(credential) {
    var key = credential.response.getPublicKey && credential.response.getPublicKey();
    if (!key) { say("unfit"); return; }
    put("id", base64url(credential.rawId));
    put("key", base64(key));
    put("algorithm", String(credential.response.getPublicKeyAlgorithm()));
    form.submit();
  }

  function get() {
    return navigator.credentials.get({ publicKey: {
      challenge: bytes(form.dataset.challenge),
      rpId: form.dataset.host,
      allowCredentials: [{ type: "public-key", id: bytes(form.dataset.credential) }],
      userVerification: "required",
      timeout: 90000
    } }).then(answer);
  }

  function create() {
    return navigator.credentials.create({ publicKey: {
      challenge: bytes(form.dataset.challenge),
      rp: { id: form.dataset.host, name: form.dataset.host },
      user: { id: bytes(form.dataset.user), name: form.dataset.name, displayName: form.dataset.name },
      pubKeyCredParams: form.dataset.algorithms.split(" ").map(function (number) {
        return { type: "public-key", alg: Number(number) };
      }),
      authenticatorSelection: { residentKey: "discouraged", userVerification: "required" },
      attestation: "none",
      timeout: 90000
    } }).then(made);
  }

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    if (!window.PublicKeyCredential) { say("missing"); return; }
    button.disabled = true;
    (form.dataset.use === "create" ? create() : get()).catch(function () { say("refused"); });
  });
}());
