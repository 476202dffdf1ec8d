internal import COpenSSL
internal import CPKCS11
internal import Foundation
package import Groundwork
internal import Synchronization

/// The owner of one PKCS #11 module: a shared library, loaded once for the life of the process.
///
/// Calls run beside each other; a restart waits for those under way and lets nobody in meanwhile. A process that was
/// forked off has no session of its parent's: its first call fails, and it starts the module anew (PKCS #11, 2.40 usage
/// guide, 2.5.2).
package final class CryptokiModule: @unchecked Sendable {
    // Sendable: `functions` points into the library, which is never unloaded, and the table is never written; modules
    // are started with CKF_OS_LOCKING_OK, so they lock for themselves. What changes is in `state`, behind a mutex, and
    // a restart excludes calls by `gate`.
    private let functions: UnsafePointer<ck_function_list>
    private let gate = CallGate()
    private let state = Mutex(State())
    private let processIdentifier: @Sendable () -> Int32

    private struct State {
        var start = 0
        var startedBy: Int32?
    }

    private static let loaded = Mutex<[UInt: CryptokiModule]>([:])

    /// The module at this path; asked again, the same: a process starts a module once, whoever uses it.
    ///
    /// - Throws: `cryptography.token-module`.
    package static func load(_ path: String) throws(Refusal) -> CryptokiModule {
        try loaded.withLock { loaded throws(Refusal) in
            let library = try open(path)
            // One library may be reached by several paths.
            let key = UInt(bitPattern: library)
            if let module = loaded[key] { return module }
            let module = try CryptokiModule(path: path)
            loaded[key] = module
            return module
        }
    }

    /// A module apart from those of ``load(_:)``: tests load copies of one, and stand in for a forked process.
    package init(path: String, processIdentifier: @escaping @Sendable () -> Int32 = { getpid() }) throws(Refusal) {
        let library = try CryptokiModule.open(path)
        guard let symbol = dlsym(library, "C_GetFunctionList") else {
            dlclose(library)
            throw .tokenModule(path, "it has no C_GetFunctionList")
        }
        typealias GetFunctionList =
            @convention(c) (UnsafeMutablePointer<UnsafeMutablePointer<ck_function_list>?>) -> UInt
        // The standard gives this symbol this signature (PKCS #11, 5.4).
        let getFunctionList = unsafeBitCast(symbol, to: GetFunctionList.self)
        var list: UnsafeMutablePointer<ck_function_list>?
        let code = getFunctionList(&list)
        guard code == CKR_OK, let list, list.pointee.version.major == 2 || list.pointee.version.major == 3 else {
            throw .tokenModule(path, "\(CryptokiFault("C_GetFunctionList", code))")
        }
        functions = UnsafePointer(list)
        self.processIdentifier = processIdentifier
    }

    private static func open(_ path: String) throws(Refusal) -> UnsafeMutableRawPointer {
        // OpenSSL's own end of process must come after that of a module that uses it: so its beginning comes first.
        OPENSSL_init_crypto(0, nil)
        guard let library = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
            throw .tokenModule(path, dlerror().map { String(cString: $0) } ?? "dlopen")
        }
        return library
    }

    package func start() throws(CryptokiFault) {
        try gate.alone("C_Initialize") { () throws(CryptokiFault) in
            guard state.withLock({ $0.startedBy }) != processIdentifier() else { return }
            try initialize()
        }
    }

    package func restart() throws(CryptokiFault) {
        try gate.alone("C_Finalize") { () throws(CryptokiFault) in
            state.withLock { $0.startedBy = nil }
            _ = functions.pointee.C_Finalize?(nil)
            try initialize()
        }
    }

    /// Only behind the gate.
    private func initialize() throws(CryptokiFault) {
        func once() -> UInt {
            var arguments = ck_c_initialize_args()
            arguments.flags = CKF_OS_LOCKING_OK
            return functions.pointee.C_Initialize?(&arguments) ?? CKR_FUNCTION_NOT_SUPPORTED
        }
        var code = once()
        if code == CKR_CRYPTOKI_ALREADY_INITIALIZED {
            // Left over from the process that this one was forked from.
            _ = functions.pointee.C_Finalize?(nil)
            code = once()
        }
        guard code == CKR_OK else { throw CryptokiFault("C_Initialize", code) }
        state.withLock { state in
            state.start += 1
            state.startedBy = processIdentifier()
        }
    }

    /// One call, beside others. `start` is that of the session it belongs to.
    func call(
        _ name: String, of start: Int?, _ body: (UnsafePointer<ck_function_list>) -> UInt?
    ) throws(CryptokiFault) {
        try gate.together(name) { () throws(CryptokiFault) in
            let state = state.withLock { $0 }
            guard state.startedBy == processIdentifier() else {
                throw CryptokiFault(name, CKR_CRYPTOKI_NOT_INITIALIZED)
            }
            guard start == nil || start == state.start else { throw CryptokiFault(name, CKR_SESSION_HANDLE_INVALID) }
            let code = body(functions) ?? CKR_FUNCTION_NOT_SUPPORTED
            guard code == CKR_OK else { throw CryptokiFault(name, code) }
        }
    }

    var currentStart: Int { state.withLock { $0.start } }
}

/// Many calls together, or one restart alone: the owner of a read-write lock.
private final class CallGate: @unchecked Sendable {
    // Sendable: the lock lives at an address of its own from initialisation to the end and is used through pthreads
    // alone.
    private let lock: UnsafeMutablePointer<pthread_rwlock_t>

    init() {
        lock = .allocate(capacity: 1)
        var kind = pthread_rwlockattr_t()
        pthread_rwlockattr_init(&kind)
        // Else a steady stream of calls would keep a restart out for ever.
        pthread_rwlockattr_setkind_np(&kind, Int32(PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP))
        pthread_rwlock_init(lock, &kind)
        pthread_rwlockattr_destroy(&kind)
    }

    deinit {
        pthread_rwlock_destroy(lock)
        lock.deallocate()
    }

    func together(_ call: String, _ body: () throws(CryptokiFault) -> Void) throws(CryptokiFault) {
        guard pthread_rwlock_rdlock(lock) == 0 else { throw CryptokiFault(call, CKR_CANT_LOCK) }
        defer { pthread_rwlock_unlock(lock) }
        try body()
    }

    /// Gives up after ten seconds: a call that hangs in the module would else hang everybody.
    func alone(_ call: String, _ body: () throws(CryptokiFault) -> Void) throws(CryptokiFault) {
        var end = timespec()
        clock_gettime(CLOCK_REALTIME, &end)
        end.tv_sec += 10
        guard pthread_rwlock_timedwrlock(lock, &end) == 0 else { throw CryptokiFault(call, CKR_CANT_LOCK) }
        defer { pthread_rwlock_unlock(lock) }
        try body()
    }
}
