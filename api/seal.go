package api

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"

	"github.com/danielgtaylor/huma/v2"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store"
)

// noStore forbids every cache to keep a response.
const noStore = "no-store"

// forbidStoring is the middleware that keeps answers with a token out of every cache, their errors and repetitions with them.
func forbidStoring(ctx huma.Context, next func(huma.Context)) {
	if traitsOf(ctx.Operation()).sealed == yes {
		ctx.SetHeader("Cache-Control", noStore)
	}
	next(ctx)
}

// sealingRenderer renders as the other renderer does and encrypts the body with the token that the client sent, of which the
// database has only a hash: so no token in a stored response can be read there.
func sealingRenderer(i *store.Idempotency, secret string) func(changed any) (store.StoredResponse, error) {
	render := i.Render
	return func(changed any) (store.StoredResponse, error) {
		out, err := render(changed)
		if err != nil {
			return out, err
		}
		if secret == "" { // the first key, which is made without one; nobody can repeat that request
			secret = rand.Text()
		}
		aead, err := aeadFor(i, secret)
		if err == nil {
			out.Body = aead.Seal(nil, nil, out.Body, i.Request)
		}
		return out, err
	}
}

// unseal decrypts the body of a stored response. With another token of the same key that is impossible.
func unseal(body []byte, i *store.Idempotency, secret string) ([]byte, error) {
	aead, err := aeadFor(i, secret)
	if err != nil {
		return nil, err
	}
	if body, err = aead.Open(nil, nil, body, i.Request); err != nil {
		return nil, &headwater.Error{Code: headwater.CodeConflict,
			Detail: "this was done, and its token was told; it can be told again only to the token that asked"}
	}
	return body, nil
}

// aeadFor gives AES-256-GCM under a key that HKDF-SHA256 (RFC 5869) derives from a token. The nonce is random and stands
// before the ciphertext.
func aeadFor(i *store.Idempotency, secret string) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, []byte(secret), []byte(i.Key), "headwater kept answer", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}
