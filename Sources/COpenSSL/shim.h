// The whole boundary to OpenSSL 3. Each inline function says why Swift cannot do without it.
#ifndef YZT_COPENSSL_SHIM_H
#define YZT_COPENSSL_SHIM_H

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/param_build.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

// OSSL_PARAM_BLD keeps the pointers of names and values until OSSL_PARAM_BLD_to_param, longer than Swift lends them.
static inline EVP_PKEY *COpenSSL_public_key_from(const char *type, OSSL_PARAM_BLD *builder) {
    EVP_PKEY *key = NULL;
    OSSL_PARAM *parameters = OSSL_PARAM_BLD_to_param(builder);
    EVP_PKEY_CTX *context = parameters ? EVP_PKEY_CTX_new_from_name(NULL, type, NULL) : NULL;
    if (context && EVP_PKEY_fromdata_init(context) == 1 &&
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1)
        key = NULL;
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(parameters);
    return key;
}

static inline EVP_PKEY *COpenSSL_curve_public_key(const char *type, const char *group, const unsigned char *point,
                                                  size_t length) {
    EVP_PKEY *key = NULL;
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    if (builder && OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, group, 0) == 1 &&
        OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point, length) == 1)
        key = COpenSSL_public_key_from(type, builder);
    OSSL_PARAM_BLD_free(builder);
    return key;
}

static inline EVP_PKEY *COpenSSL_RSA_public_key(const unsigned char *modulus, size_t modulus_length,
                                                const unsigned char *exponent, size_t exponent_length) {
    EVP_PKEY *key = NULL;
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    BIGNUM *n = BN_bin2bn(modulus, (int)modulus_length, NULL);
    BIGNUM *e = BN_bin2bn(exponent, (int)exponent_length, NULL);
    if (builder && n && e && OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e) == 1)
        key = COpenSSL_public_key_from("RSA", builder);
    OSSL_PARAM_BLD_free(builder);
    BN_free(n);
    BN_free(e);
    return key;
}

// An OSSL_PARAM keeps the pointer of its name for as long as it lives.
static inline int COpenSSL_CMAC(const char *cipher, const void *key, size_t key_length, const unsigned char *message,
                                size_t length, unsigned char block[16]) {
    size_t written = 0;
    OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER, (char *)cipher, 0),
                               OSSL_PARAM_construct_end()};
    EVP_MAC *method = EVP_MAC_fetch(NULL, "CMAC", NULL);
    EVP_MAC_CTX *context = method ? EVP_MAC_CTX_new(method) : NULL;
    int done = context && EVP_MAC_init(context, (const unsigned char *)key, key_length, parameters) == 1 &&
               EVP_MAC_update(context, message, length) == 1 && EVP_MAC_final(context, block, &written, 16) == 1 &&
               written == 16;
    EVP_MAC_CTX_free(context);
    EVP_MAC_free(method);
    return done;
}

// OPENSSL_free is a macro with the caller's file and line.
static inline void COpenSSL_free(void *pointer) { OPENSSL_free(pointer); }

// The sk_* functions are macros over a type of their own.
static inline STACK_OF(X509) *COpenSSL_X509_stack_new(void) { return sk_X509_new_null(); }
static inline int COpenSSL_X509_stack_push(STACK_OF(X509) *stack, X509 *certificate) {
    return sk_X509_push(stack, certificate);
}
static inline int COpenSSL_X509_stack_count(const STACK_OF(X509) *stack) { return sk_X509_num(stack); }
static inline X509 *COpenSSL_X509_stack_value(const STACK_OF(X509) *stack, int index) {
    return sk_X509_value(stack, index);
}
// Frees the stack, not what is on it.
static inline void COpenSSL_X509_stack_free(STACK_OF(X509) *stack) { sk_X509_free(stack); }

static inline STACK_OF(X509_CRL) *COpenSSL_X509_CRL_stack_new(void) { return sk_X509_CRL_new_null(); }
static inline int COpenSSL_X509_CRL_stack_push(STACK_OF(X509_CRL) *stack, X509_CRL *list) {
    return sk_X509_CRL_push(stack, list);
}
static inline void COpenSSL_X509_CRL_stack_free(STACK_OF(X509_CRL) *stack) { sk_X509_CRL_free(stack); }

// EVP_PKEY_CTX_set1_id is a function, yet its length argument and the context's ownership are easy to get wrong:
// one place sets the identifier of a signer before the digest context is initialised (GB/T 32918.2, 5.5).
static inline int COpenSSL_set_sm2_identifier(EVP_MD_CTX *digest, EVP_PKEY_CTX *key, const void *id, size_t length) {
    if (EVP_PKEY_CTX_set1_id(key, id, (int)length) <= 0) return 0;
    EVP_MD_CTX_set_pkey_ctx(digest, key);
    return 1;
}

#endif
