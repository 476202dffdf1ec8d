internal import COpenSSL

/// Which library does the arithmetic, in its own words.
package enum OpenSSLVersion {
    package static let text = String(cString: OpenSSL_version(OPENSSL_VERSION))
}
