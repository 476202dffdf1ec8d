package import Authentication
internal import CertificateProfiles
internal import Groundwork

/// How often may be asked for a login: by client and by application.
package struct LoginLimits: Sendable {
    private let clients: RequestRates
    private let applications: RequestRates
    private let rates: @Sendable () -> LoginPolicy.Rates

    /// - Parameter rates: those of the policy in force.
    package init(
        monotonicNanoseconds: @escaping @Sendable () -> UInt64, rates: @escaping @Sendable () -> LoginPolicy.Rates
    ) {
        clients = RequestRates(monotonicNanoseconds: monotonicNanoseconds)
        applications = RequestRates(monotonicNanoseconds: monotonicNanoseconds)
        self.rates = rates
    }

    /// One challenge or one answer of this client.
    /// - Throws: `web-service.too-many-requests`.
    func admit(_ client: ClientAddress) throws(Refusal) {
        let rates = rates()
        try clients.admit(
            client,
            under: CertificatePolicy.PublicRate(
                clientPerMinute: rates.clientPerMinute, clientBurst: rates.clientBurst,
                allPerMinute: rates.allPerMinute, allBurst: rates.allBurst))
    }

    /// One challenge for this application.
    /// - Throws: `web-service.too-many-requests`.
    func admit(_ application: ClientIdentifier) throws(Refusal) {
        let rates = rates()
        try applications.admit(
            application.text,
            under: CertificatePolicy.PublicRate(
                clientPerMinute: rates.applicationPerMinute, clientBurst: rates.applicationBurst,
                allPerMinute: rates.allPerMinute, allBurst: rates.allBurst))
    }
}
