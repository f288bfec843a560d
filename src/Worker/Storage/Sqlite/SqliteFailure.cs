using Microsoft.Data.Sqlite;

namespace Risk.Worker.Storage.Sqlite;

/// <summary>SQLite's result codes in words that help (https://www.sqlite.org/rescode.html).</summary>
internal static class SqliteFailure
{
    private const int Busy = 5, Locked = 6, ReadOnly = 8, InputOutput = 10, Corrupt = 11, Full = 13, CannotOpen = 14, NotADatabase = 26;

    public static StoreException Explain(SqliteException failure, string file)
    {
        string folder = Path.GetDirectoryName(file) ?? file;
        string text = failure.SqliteErrorCode switch
        {
            CannotOpen when !Directory.Exists(folder) => $"the store '{file}' cannot be opened: its folder does not exist; create the folder, or name another file in Risk__Store",
            CannotOpen when Directory.Exists(file) => $"the store '{file}' is a folder; name a file in it in Risk__Store, for example sqlite:{Path.Combine(file, "risk.db")}",
            CannotOpen => $"the store '{file}' cannot be opened; give the account that runs this program the right to read and write the file and its folder, or name another file in Risk__Store",
            ReadOnly => $"the store '{file}' cannot be written; give the account that runs this program the right to write the file and its folder (SQLite makes files beside it), or name another file in Risk__Store",
            NotADatabase => $"'{file}' is not a SQLite database; name the right file in Risk__Store, or move this one away to start with an empty store",
            Corrupt => $"the store '{file}' is damaged; stop every process that uses it and restore the last backup (or try: sqlite3 risk.db .recover)",
            Full => $"the disk of the store '{file}' is full; free some space and try again, nothing of the last change was kept",
            Busy or Locked => $"the store '{file}' is held by another process for more than a minute; end that process (a backup, an import, a second worker that hangs) and try again",
            InputOutput => $"the disk of the store '{file}' failed to read or write; check the disk, and that it is not a network folder",
            _ => $"the store '{file}' failed: {failure.Message}",
        };
        return new StoreException(text, failure);
    }
}
