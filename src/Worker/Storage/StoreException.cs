namespace Risk.Worker.Storage;

/// <summary>The store cannot be used. The message says what is wrong and how to mend it; no secrets.</summary>
public sealed class StoreException(string message, Exception? inner = null) : Exception(message, inner);
