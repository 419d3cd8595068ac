package api

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store"
)

// sealing makes an answer as rendering does, and seals its body.
func sealing(once *store.Idempotency, secret string) func(changed any) (store.StoredResponse, error) {
	render := once.Render
	return func(changed any) (store.StoredResponse, error) {
		answer, err := render(changed)
		if err != nil {
			return answer, err
		}
		if secret == "" { // the first key, which is made without one; nobody can ask for it again
			secret = rand.Text()
		}
		box, err := boxOf(once, secret)
		if err == nil {
			answer.Body = box.Seal(nil, nil, answer.Body, once.Request)
		}
		return answer, err
	}
}

// unsealed is the body of a kept answer, for who asked. With another token of the same key it cannot be told again.
func unsealed(body []byte, once *store.Idempotency, secret string) ([]byte, error) {
	box, err := boxOf(once, secret)
	if err != nil {
		return nil, err
	}
	if body, err = box.Open(nil, nil, body, once.Request); err != nil {
		return nil, &headwater.Error{Code: headwater.CodeConflict, Detail: "this was done, and its token was told; it can be told again only to the token that asked"}
	}
	return body, nil
}

// boxOf seals with AES-256-GCM under a key that HKDF-SHA256 (RFC 5869) makes of a token. The nonce is random, and goes with
// what is sealed.
func boxOf(once *store.Idempotency, secret string) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, []byte(secret), []byte(once.Key), "headwater kept answer", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}
