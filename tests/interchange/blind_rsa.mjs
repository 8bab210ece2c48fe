// Blind signatures by @cloudflare/blindrsa-ts: one JSON object a line in, one a line out.
// The first argument is the package's entry file; bytes are hex digits.
import { webcrypto } from "node:crypto";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

globalThis.crypto ??= webcrypto; // Node 18 has it under another name
const { RSABSSA } = await import(pathToFileURL(process.argv[2]));
const suite = RSABSSA.SHA384.PSS.Deterministic();
const algorithm = { name: "RSA-PSS", hash: "SHA-384" };

const bytes = (hex) => Uint8Array.from(Buffer.from(hex, "hex"));
const hex = (array) => Buffer.from(array).toString("hex");
const base64url = (digits) => Buffer.from(digits, "hex").toString("base64url");

function publicKey({ n }) {
    const jwk = { kty: "RSA", ext: true, n: base64url(n), e: "AQAB" };
    return crypto.subtle.importKey("jwk", jwk, algorithm, true, ["verify"]);
}

const operations = {
    async blind(asked) {
        const { blindedMsg, inv } = await suite.blind(await publicKey(asked), suite.prepare(bytes(asked.message)));
        return { blinded: hex(blindedMsg), inverse: hex(inv) };
    },
    async sign(asked) {
        const key = await crypto.subtle.importKey("pkcs8", bytes(asked.key), algorithm, true, ["sign"]);
        return { signed: hex(await suite.blindSign(key, bytes(asked.blinded))) };
    },
    async finish(asked) {
        const [message, signed, inverse] = [asked.message, asked.signed, asked.inverse].map(bytes);
        return { signature: hex(await suite.finalize(await publicKey(asked), message, signed, inverse)) };
    },
    async verify(asked) {
        return { good: await suite.verify(await publicKey(asked), bytes(asked.signature), bytes(asked.message)) };
    },
};

for await (const line of createInterface({ input: process.stdin })) {
    const asked = JSON.parse(line);
    const answer = await operations[asked.operation](asked).catch((error) => ({ refused: String(error) }));
    process.stdout.write(`${JSON.stringify(answer)}\n`);
}
