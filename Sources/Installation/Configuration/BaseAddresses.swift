/// The four base addresses as outsiders write them, without a trailing slash; fixed at init.
package struct BaseAddresses: Sendable, Hashable, Codable {
    package var status: String
    package var login: String
    package var `public`: String
    package var staff: String

    package init(status: String, login: String, public: String, staff: String) {
        self.status = status
        self.login = login
        self.public = `public`
        self.staff = staff
    }
}
