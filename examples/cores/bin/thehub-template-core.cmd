@node "%~dp0..\template\template-core.js" %*
