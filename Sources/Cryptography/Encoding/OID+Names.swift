extension OID {
    // Keys and curves (RFC 5480, RFC 8017, GM/T 0006).
    package static let ecPublicKey: OID = "1.2.840.10045.2.1"
    package static let curveP256: OID = "1.2.840.10045.3.1.7"
    package static let curveSM2: OID = "1.2.156.10197.1.301"
    package static let rsaEncryption: OID = "1.2.840.113549.1.1.1"

    // Signatures.
    package static let ecdsaWithSHA256: OID = "1.2.840.10045.4.3.2"
    package static let sha256WithRSAEncryption: OID = "1.2.840.113549.1.1.11"
    package static let sha384WithRSAEncryption: OID = "1.2.840.113549.1.1.12"
    package static let rsassaPSS: OID = "1.2.840.113549.1.1.10"
    package static let mgf1: OID = "1.2.840.113549.1.1.8"
    package static let sha512WithRSAEncryption: OID = "1.2.840.113549.1.1.13"
    package static let ecdsaWithSHA384: OID = "1.2.840.10045.4.3.3"
    package static let ecdsaWithSHA512: OID = "1.2.840.10045.4.3.4"
    package static let sm2WithSM3: OID = "1.2.156.10197.1.501"
    /// SM2 as GB/T 35275 names it in a SignerInfo (GM/T 0006: SM2-1, the signature algorithm).
    package static let sm2Signature: OID = "1.2.156.10197.1.301.1"

    // Digests.
    package static let sha1: OID = "1.3.14.3.2.26"
    package static let sha256: OID = "2.16.840.1.101.3.4.2.1"
    package static let sha384: OID = "2.16.840.1.101.3.4.2.2"
    package static let sha512: OID = "2.16.840.1.101.3.4.2.3"
    package static let sm3: OID = "1.2.156.10197.1.401"

    // Attributes of names (X.520, RFC 4519).
    package static let commonName: OID = "2.5.4.3"
    package static let surname: OID = "2.5.4.4"
    package static let serialNumberAttribute: OID = "2.5.4.5"
    package static let countryName: OID = "2.5.4.6"
    package static let localityName: OID = "2.5.4.7"
    package static let stateOrProvinceName: OID = "2.5.4.8"
    package static let organizationName: OID = "2.5.4.10"
    package static let organizationalUnitName: OID = "2.5.4.11"
    package static let title: OID = "2.5.4.12"
    package static let givenName: OID = "2.5.4.42"
    package static let organizationIdentifier: OID = "2.5.4.97"
    package static let domainComponent: OID = "0.9.2342.19200300.100.1.25"
    package static let userID: OID = "0.9.2342.19200300.100.1.1"
    package static let emailAddress: OID = "1.2.840.113549.1.9.1"

    // Extensions (RFC 5280, 4.2 and 5.2).
    package static let subjectKeyIdentifier: OID = "2.5.29.14"
    package static let keyUsage: OID = "2.5.29.15"
    package static let subjectAlternativeName: OID = "2.5.29.17"
    package static let basicConstraints: OID = "2.5.29.19"
    package static let crlNumber: OID = "2.5.29.20"
    package static let reasonCode: OID = "2.5.29.21"
    package static let invalidityDate: OID = "2.5.29.24"
    package static let deltaCRLIndicator: OID = "2.5.29.27"
    package static let freshestCRL: OID = "2.5.29.46"
    /// X.509 (2019), 9.5.2.8: since when expired certificates stay on the list.
    package static let expiredCertsOnCRL: OID = "2.5.29.60"
    package static let issuingDistributionPoint: OID = "2.5.29.28"
    package static let nameConstraints: OID = "2.5.29.30"
    package static let policyConstraints: OID = "2.5.29.36"
    package static let inhibitAnyPolicy: OID = "2.5.29.54"
    package static let anyPolicy: OID = "2.5.29.32.0"
    package static let crlDistributionPoints: OID = "2.5.29.31"
    package static let certificatePolicies: OID = "2.5.29.32"
    package static let authorityKeyIdentifier: OID = "2.5.29.35"
    package static let extendedKeyUsage: OID = "2.5.29.37"
    package static let authorityInformationAccess: OID = "1.3.6.1.5.5.7.1.1"

    // Access methods and qualifiers.
    package static let accessOCSP: OID = "1.3.6.1.5.5.7.48.1"
    package static let accessCAIssuers: OID = "1.3.6.1.5.5.7.48.2"
    package static let ocspBasic: OID = "1.3.6.1.5.5.7.48.1.1"
    package static let ocspNonce: OID = "1.3.6.1.5.5.7.48.1.2"
    package static let ocspArchiveCutoff: OID = "1.3.6.1.5.5.7.48.1.6"
    package static let ocspExtendedRevoke: OID = "1.3.6.1.5.5.7.48.1.9"
    package static let ocspNoCheck: OID = "1.3.6.1.5.5.7.48.1.5"
    package static let qualifierCPS: OID = "1.3.6.1.5.5.7.2.1"

    // Extended key usages.
    package static let anyExtendedKeyUsage: OID = "2.5.29.37.0"
    package static let serverAuth: OID = "1.3.6.1.5.5.7.3.1"
    package static let clientAuth: OID = "1.3.6.1.5.5.7.3.2"
    package static let emailProtection: OID = "1.3.6.1.5.5.7.3.4"
    package static let timeStamping: OID = "1.3.6.1.5.5.7.3.8"
    package static let ocspSigning: OID = "1.3.6.1.5.5.7.3.9"
    /// RFC 9336: signing of documents for people to read.
    package static let documentSigning: OID = "1.3.6.1.5.5.7.3.36"

    // Identity extensions of GM/T 0015 and GB/T 20518 (arc 1.2.156.10260.4.1).
    package static let identifyCode: OID = "1.2.156.10260.4.1.1"
    package static let organizationCode: OID = "1.2.156.10260.4.1.4"

    // CMS (RFC 5652), CAdES (RFC 5035, RFC 5126) and RFC 3161.
    package static let cmsData: OID = "1.2.840.113549.1.7.1"
    package static let cmsSignedData: OID = "1.2.840.113549.1.7.2"
    package static let attributeContentType: OID = "1.2.840.113549.1.9.3"
    package static let attributeMessageDigest: OID = "1.2.840.113549.1.9.4"
    package static let attributeSigningTime: OID = "1.2.840.113549.1.9.5"
    package static let attributeExtensionRequest: OID = "1.2.840.113549.1.9.14"
    package static let attributeSigningCertificate: OID = "1.2.840.113549.1.9.16.2.12"
    package static let attributeSigningCertificateV2: OID = "1.2.840.113549.1.9.16.2.47"
    package static let attributeSignatureTimeStamp: OID = "1.2.840.113549.1.9.16.2.14"
    package static let timeStampInfo: OID = "1.2.840.113549.1.9.16.1.4"

    // GB/T 35275: the content types of CMS for SM2.
    package static let gmData: OID = "1.2.156.10197.6.1.4.2.1"
    package static let gmSignedData: OID = "1.2.156.10197.6.1.4.2.2"
}
